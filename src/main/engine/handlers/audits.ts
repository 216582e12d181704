import { AppError } from '../../../shared/model/errors.ts';
import type { EngineParts } from '../compose.ts';
import { auditCsv, auditJson, auditShares, drawSample } from '../domain/audit.ts';
import type { RecordedItem } from '../store/audits.ts';
import { answer, api } from './answer.ts';

/** Blinded audits: a drawn sample, the answers, and what they say of the set. */
export function auditHandlers({ workspace }: EngineParts) {
  const { audits } = workspace;
  const tagsOf = (items: readonly RecordedItem[]) => items.flatMap(({ tags }) => (tags === null ? [] : [tags]));
  return {
    list: api.audits.list.handler((ctx) => answer(ctx, () => audits.list())),
    start: api.audits.start.handler((ctx) =>
      answer(ctx, async () => {
        const { name, size, seed, filter } = ctx.input;
        const ids = await audits.population(filter);
        if (ids.length === 0)
          throw new AppError('inputInvalid', 'No triplet fits this filter: there is nothing to audit.', { field: 'filter' });
        const drawn = drawSample(seed, ids.length, size).map((at) => ids[at] as number);
        return audits.add({ name, seed, filter, population: ids.length }, drawn);
      }),
    ),
    get: api.audits.get.handler((ctx) =>
      answer(ctx, () => {
        const audit = audits.view(ctx.input.id);
        // The number of the triplet would lead to its scores.
        return { audit, items: audits.items(audit.id).map(({ tripletId, ...item }) => item) };
      }),
    ),
    answer: api.audits.answer.handler((ctx) =>
      answer(ctx, () => {
        const { id, index, tags, note } = ctx.input;
        return audits.answer(id, index, [...new Set(tags)], note);
      }),
    ),
    result: api.audits.result.handler((ctx) =>
      answer(ctx, () => {
        const { id } = audits.view(ctx.input.id);
        const items = audits.items(id);
        const issues = items.flatMap(({ index, tripletId, tags, note }) => (tags?.length ? [{ index, tripletId, tags, note }] : []));
        return { shares: auditShares(tagsOf(items)), issues };
      }),
    ),
    record: api.audits.record.handler((ctx) =>
      answer(ctx, () => {
        const { id, format } = ctx.input;
        const audit = audits.view(id);
        const items = audits.items(id);
        const text = format === 'csv' ? auditCsv(items) : auditJson(audit, auditShares(tagsOf(items)), items);
        return { name: `audit-${id}.${format}`, text };
      }),
    ),
  };
}
