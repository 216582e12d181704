import { ProviderError } from '../../../../shared/model/errors.ts';
import type { Endpoint } from '../../../../shared/model/provider.ts';
import { pricesOf } from '../../domain/budget.ts';
import type { CallContext, ChatRequest } from '../../ports.ts';
import { pictureUri } from './b64.ts';
import { DIALECTS } from './dialects.ts';

/** Fields a model may refuse; the request is then sent without, and the endpoint's notes say so. */
const DROPPABLE = ['temperature', 'seed', 'response_format'] as const;
export type Droppable = (typeof DROPPABLE)[number];

/** What models of an endpoint have refused so far. */
export interface Learned {
  of(model: string): ReadonlySet<Droppable>;
  add(model: string, field: Droppable): void;
  /** Lines for people. */
  notes(): string[];
}

export function createLearned(): Learned {
  const refused = new Map<string, Set<Droppable>>();
  return {
    of: (model) => refused.get(model) ?? new Set(),
    add(model, field) {
      refused.set(model, new Set([...(refused.get(model) ?? []), field]));
    },
    notes: () => [...refused].map(([model, fields]) => `${model} refuses ${[...fields].join(', ')}: it is asked without.`),
  };
}

/**
 * A chat request; its pictures are put in by writeLongJson. Pictures are labelled in words as well, since some chat templates move them to the front. Where output costs
 * money its length is limited to what was reserved for it, so that no answer can cost more.
 */
export function chatBody(endpoint: Endpoint, request: ChatRequest, ctx: CallContext, without: ReadonlySet<Droppable>) {
  const dialect = DIALECTS[endpoint.dialect];
  const prices = pricesOf(endpoint, ctx.model);
  const { schema } = request.prompt;
  const priced = prices.usdPerMillionOutputTokens > 0;
  const limited = 'max_tokens' in ctx.params || 'max_completion_tokens' in ctx.params;
  return {
    model: ctx.model,
    messages: [{ role: 'user', content: contentOf(request.prompt.text, request.images.length) }],
    ...(!without.has('temperature') && { temperature: request.temperature }),
    ...(dialect.chatSeed !== 'no' && !without.has('seed') && { seed: request.seed }),
    ...(priced && !limited && { [dialect.maxTokens]: prices.worstOutputTokens }),
    ...(schema &&
      !without.has('response_format') && {
        response_format: { type: 'json_schema', json_schema: { name: schema.name, strict: true, schema: schema.schema } },
      }),
    ...ctx.params,
  };
}

function contentOf(text: string, pictures: number) {
  const labels = pictures === 2 ? ['First picture:', 'Second picture:'] : [];
  const shown = Array.from({ length: pictures }, (_, i) => [
    ...(labels[i] ? [{ type: 'text', text: labels[i] }] : []),
    { type: 'image_url', image_url: { url: pictureUri(i) } },
  ]);
  return [...shown.flat(), { type: 'text', text }];
}

/** The field of `body` that the server does not take, if that is why it said no. */
export function refusedField(error: unknown, body: object): Droppable | undefined {
  if (!(error instanceof ProviderError) || error.code !== 'badRequest') return undefined;
  const said = `${error.message} ${error.raw ?? ''}`;
  if (!/unsupported|not support|only the default|not permitted|unknown (parameter|field)|unrecognized|extra inputs/i.test(said))
    return undefined;
  return DROPPABLE.find((field) => field in body && new RegExp(`\\b${field}\\b`).test(said));
}
