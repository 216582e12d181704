import type { EngineParts } from '../compose.ts';
import { answer, api } from './answer.ts';

/** The edit room. */
export function editHandlers({ edits }: EngineParts) {
  return {
    actors: api.edit.actors.handler((ctx) => answer(ctx, () => edits.actors())),
    sessions: api.edit.sessions.handler((ctx) => answer(ctx, () => edits.sessions(ctx.input.before, ctx.input.limit))),
    start: api.edit.start.handler((ctx) => answer(ctx, () => edits.start(ctx.input.start, ctx.input.bagelSize))),
    get: api.edit.get.handler((ctx) => answer(ctx, () => edits.get(ctx.input.sessionId))),
    remove: api.edit.remove.handler((ctx) => answer(ctx, () => edits.remove(ctx.input.sessionId))),
    ask: api.edit.ask.handler((ctx) => answer(ctx, () => edits.ask(ctx.input))),
    price: api.edit.price.handler((ctx) => answer(ctx, () => edits.price(ctx.input))),
    again: api.edit.again.handler((ctx) => answer(ctx, () => edits.again(ctx.input.sessionId, ctx.input.nodeIds, ctx.input.askAgain))),
    cancel: api.edit.cancel.handler((ctx) => answer(ctx, () => edits.cancel(ctx.input.sessionId, ctx.input.nodeIds))),
    setCurrent: api.edit.setCurrent.handler((ctx) => answer(ctx, () => edits.setCurrent(ctx.input.sessionId, ctx.input.nodeId))),
    setTitle: api.edit.setTitle.handler((ctx) => answer(ctx, () => edits.setTitle(ctx.input.sessionId, ctx.input.title))),
    setBudget: api.edit.setBudget.handler((ctx) => answer(ctx, () => edits.setBudget(ctx.input.sessionId, ctx.input.usd))),
    keep: api.edit.keep.handler((ctx) => answer(ctx, () => edits.keep(ctx.input.nodeId, ctx.input.category))),
    unkeep: api.edit.unkeep.handler((ctx) => answer(ctx, () => edits.unkeep(ctx.input.nodeId))),
    suggestions: api.edit.suggestions.handler((ctx) => answer(ctx, () => edits.suggestions(ctx.input.sessionId))),
  };
}
