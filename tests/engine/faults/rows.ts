import sharp from 'sharp';
import { solidPng } from '../../helpers/fakes/png.ts';
import type { Column } from './columns.ts';
import type { Fault, Outcome } from './play.ts';
import type { Strike } from './proxy.ts';
import { changes, cutsStream, drips, goesAway, hangs, resets, says, saysInstead, streams } from './strikes.ts';

/** A fault on one way to a model, and what must come of it. */
export interface Row {
  fault: string;
  column: Column;
  make(): Fault;
  must: Partial<Outcome>;
}

/** Where a call's request goes, and where its picture comes from. */
const CALL: Record<Column, RegExp> = {
  'openai words': /chat\/completions/,
  'openai pictures': /images\/edits/,
  'vllm-omni': /chat\/completions/,
  gemini: /generateContent/,
  gradio: /queue\/join/,
};
const STREAM = /queue\/data/;
const FILE = /\/file=/;

const ALL = { passed: 4, rejected: 0, failed: 0, unknown: 0 };
const ENDED = ['ended: exhausted'];
const CLEAN = { lost: 0, paidTwice: 0 } as const;

/** It is sent again and answered; the first time was free. */
const again = (code: string, more: Partial<Outcome> = {}): Partial<Outcome> => ({
  ...{ ...CLEAN, class: code, retries: 1, settled: 4, paidForNothing: 0, free: 1, perhaps: 0, attempts: ALL, run: ENDED },
  ...more,
});
/** The attempt ends without a picture or verdict, the others go on. */
const spent = (code: string, money: 'free' | 'paid', attempts: Partial<Outcome['attempts']> = { failed: 1 }): Partial<Outcome> => ({
  ...{ ...CLEAN, class: code, retries: 0, settled: 3, perhaps: 0, run: ENDED, attempts: { ...ALL, passed: 3, ...attempts } },
  ...(money === 'free' ? { free: 1, paidForNothing: 0 } : { free: 0, paidForNothing: 1 }),
});
/** Nobody knows whether it was charged: never sent again unasked, kept in the list of such calls, counted at its worst. */
const held = (code: string, column: Column): Partial<Outcome> => ({
  ...{
    ...CLEAN,
    class: code,
    // A job in a queue is looked for once more; it is not asked for again.
    retries: column === 'gradio' ? 1 : 0,
    settled: 3,
    free: 0,
    paidForNothing: 0,
    perhaps: 1,
    run: ENDED,
    attempts: { ...ALL, passed: 3, unknown: 1 },
  },
});
/** No other call would fare better, so the run waits for a person; resumed, it loses nothing. */
const paused = (code: string): Partial<Outcome> => ({
  ...{ ...CLEAN, class: code, settled: 4, perhaps: 0, paidForNothing: 0, attempts: ALL, run: ['paused', ...ENDED] },
});
/** It never becomes an error. */
const fine = (more: Partial<Outcome> = {}): Partial<Outcome> => ({
  ...{ ...CLEAN, class: 'none', retries: 0, settled: 4, free: 0, paidForNothing: 0, perhaps: 0, attempts: ALL, run: ENDED },
  ...more,
});

/** As often as it takes; nothing left, so nothing was charged. */
const refusedAtTheDoor: Partial<Outcome> = {
  ...CLEAN,
  class: 'network',
  settled: 4,
  paidForNothing: 0,
  perhaps: 0,
  attempts: ALL,
  run: ENDED,
};

const openAiError = (status: number, code: string | null, message: string, headers = {}) =>
  says(status, { error: { message, code, type: 'an_error', param: null } }, headers);
const googleError = (status: number, name: string, message: string, details: object[] = []) =>
  says(status, { error: { code: status, message, status: name, details } });
const completed = (success: boolean, output: object) => ({ msg: 'process_completed', success, output });
const failsInGradio = (error: string | null) => streams(completed(false, { error }), { msg: 'close_stream' });

const USAGE = { usage: { prompt_tokens: 1000, completion_tokens: 10, total_tokens: 1010 } };
const GOOGLE_USAGE = { usageMetadata: { promptTokenCount: 20, candidatesTokenCount: 1120, totalTokenCount: 1140 } };
const googleParts = (...parts: object[]) => ({
  candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }],
  ...GOOGLE_USAGE,
});
const inline = (bytes: Uint8Array) => ({ inlineData: { mimeType: 'image/png', data: Buffer.from(bytes).toString('base64') } });
const choice = (content: unknown) => ({ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' });
const chat = (...contents: unknown[]) => ({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: contents.map(choice),
  ...USAGE,
});
const shown = (bytes: Uint8Array) => [
  { type: 'image_url', image_url: { url: `data:image/png;base64,${Buffer.from(bytes).toString('base64')}` } },
];

/** An answer that has these bytes where its picture should be. */
function pictureIs(column: Column, bytes: () => Promise<Uint8Array> | Uint8Array): Fault['aim'] {
  if (column === 'gradio') return { path: FILE, strike: saysInstead(async () => Buffer.from(await bytes())) };
  const body = async () => {
    const made = await bytes();
    const b64_json = Buffer.from(made).toString('base64');
    const reply =
      column === 'gemini'
        ? googleParts(inline(made))
        : column === 'vllm-omni'
          ? chat('Done.', shown(made))
          : { created: 1, data: [{ b64_json }] };
    return Buffer.from(JSON.stringify(reply));
  };
  return { path: CALL[column], strike: saysInstead(body) };
}

const HTML = Buffer.from('<!doctype html><html><body>Sign in</body></html>');
const lossyWebp = async () =>
  sharp(solidPng(1024, 1024, [40, 90, 160]))
    .webp({ quality: 60 })
    .toBuffer();
const cutPng = () => solidPng(1024, 1024, [40, 90, 160]).subarray(0, 2000);
const PICTURES = ['openai pictures', 'vllm-omni', 'gemini', 'gradio'] as const;
const OPENAI = ['openai words', 'openai pictures', 'vllm-omni'] as const;
const JSON_ONLY = ['openai words', 'openai pictures', 'vllm-omni', 'gemini'] as const;
const EVERY = ['openai words', 'openai pictures', 'vllm-omni', 'gemini', 'gradio'] as const;

const rows: Row[] = [];
function on(
  fault: string,
  columns: readonly Column[],
  strike: (column: Column) => Fault | Strike,
  must: Partial<Outcome> | ((column: Column) => Partial<Outcome>),
) {
  for (const column of columns) {
    const make = (): Fault => {
      const made = strike(column);
      return typeof made === 'function' ? { aim: { path: CALL[column], strike: made } } : made;
    };
    rows.push({ fault, column, make, must: typeof must === 'function' ? must(column) : must });
  }
}
/** All calls from the second on, until it is cured. */
const lasting = (column: Column, strike: Strike): Fault => ({ aim: { path: CALL[column], strike, times: Number.POSITIVE_INFINITY } });

on('401', OPENAI, (c) => lasting(c, openAiError(401, 'invalid_api_key', 'Incorrect API key provided')), paused('auth'));
on('401', ['gemini'], (c) => lasting(c, googleError(401, 'UNAUTHENTICATED', 'Request had invalid credentials')), paused('auth'));
on('401', ['gradio'], (c) => lasting(c, says(401, { detail: 'Not authenticated' })), paused('auth'));
on('403', OPENAI, (c) => lasting(c, openAiError(403, null, 'The project has no access to this model')), paused('auth'));
on('403', ['gemini'], (c) => lasting(c, googleError(403, 'PERMISSION_DENIED', 'The caller does not have permission')), paused('auth'));
on('403', ['gradio'], (c) => lasting(c, says(403, { detail: 'Forbidden' })), paused('auth'));
on('404', OPENAI, (c) => lasting(c, openAiError(404, 'model_not_found', 'The model does not exist')), paused('notFound'));
on('404', ['gemini'], (c) => lasting(c, googleError(404, 'NOT_FOUND', 'models/g-image is not found')), paused('notFound'));
on('404', ['gradio'], (c) => lasting(c, says(404, { detail: 'Not Found' })), paused('notFound'));

const refusedEdit = spent('refused', 'free', { rejected: 1 });
on(
  '400, a refusal',
  ['openai words'],
  () => openAiError(400, 'content_policy_violation', 'Rejected by our content policy'),
  spent('refused', 'free'),
);
on('400, a refusal', ['openai pictures'], () => openAiError(400, 'moderation_blocked', 'Rejected by the safety system'), refusedEdit);
on('400, a refusal', ['vllm-omni'], () => says(400, { detail: 'The prompt was flagged by the content filter' }), refusedEdit);
on(
  '400, a refusal',
  ['gemini'],
  () => saysInstead({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 20 } }),
  refusedEdit,
);
on('400, a refusal', ['gradio'], () => ({ aim: { path: STREAM, strike: failsInGradio('NSFW content detected') } }), refusedEdit);

on(
  '429 with Retry-After',
  OPENAI,
  () => openAiError(429, 'rate_limit_exceeded', 'Slow down', { 'retry-after': '1' }),
  again('rateLimited'),
);
on(
  '429 with Retry-After',
  ['gemini'],
  () => googleError(429, 'RESOURCE_EXHAUSTED', 'Slow down', [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1s' }]),
  again('rateLimited'),
);
on('429 with Retry-After', ['gradio'], () => says(429, { detail: 'Too many requests' }, { 'retry-after': '1' }), again('rateLimited'));
on('429 without', OPENAI, () => openAiError(429, 'rate_limit_exceeded', 'Slow down'), again('rateLimited'));
on('429 without', ['gemini'], () => googleError(429, 'RESOURCE_EXHAUSTED', 'Slow down'), again('rateLimited'));
on('429 without', ['gradio'], () => says(429, { detail: 'Too many requests' }), again('rateLimited'));
on(
  'quota used up',
  OPENAI,
  (c) => lasting(c, openAiError(429, 'insufficient_quota', 'You exceeded your current quota')),
  paused('quotaExhausted'),
);
on(
  'quota used up',
  ['gemini'],
  (c) => lasting(c, googleError(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', [{ violations: [{ quotaId: 'RequestsPerDayPerProject' }] }])),
  paused('quotaExhausted'),
);
on(
  'quota used up',
  ['gradio'],
  () => ({ aim: { path: STREAM, strike: failsInGradio('You have exceeded your GPU quota'), times: Number.POSITIVE_INFINITY } }),
  paused('quotaExhausted'),
);
on('500', EVERY, () => says(500, { error: { message: 'Internal error', code: null } }), again('serverError'));
on('500 without a reason (hidden error)', ['gradio'], () => ({ aim: { path: STREAM, strike: failsInGradio(null) } }), again('serverError'));
on('503', EVERY, () => says(503, { detail: 'Overloaded' }), again('overloaded'));
on(
  'connection refused',
  EVERY,
  (c) => ({ aim: { path: c === 'gradio' ? FILE : CALL[c], from: 1, strike: goesAway }, concurrency: 1 }),
  refusedAtTheDoor,
);
on(
  'reset in mid body',
  EVERY,
  (c) => (c === 'gradio' ? { aim: { path: FILE, strike: resets } } : resets),
  (c) => held('network', c),
);
on(
  'hang',
  EVERY,
  (c) => ({ aim: { path: c === 'gradio' ? STREAM : CALL[c], strike: hangs }, deadlineSeconds: 4 }),
  (c) => held('timeout', c),
);
on('slow drip', EVERY, (c) => (c === 'gradio' ? { aim: { path: FILE, strike: drips } } : drips), fine());
on('truncated JSON', JSON_ONLY, () => changes((body) => body.subarray(0, body.length - 20)), spent('badOutput', 'paid'));
on(
  'truncated JSON',
  ['gradio'],
  () => ({ aim: { path: STREAM, strike: changes((body) => body.toString().replace(/("msg":"process_completed"[^\n]{40})[^\n]*/, '$1')) } }),
  spent('badOutput', 'paid'),
);
// Asked once more with another seed: both answers are paid and kept.
on(
  'prose instead of JSON',
  ['openai words'],
  () => ({ aim: { path: CALL['openai words'], strike: saysInstead(chat('I like it very much!')), times: 2 } }),
  {
    ...CLEAN,
    class: 'badOutput',
    settled: 5,
    free: 0,
    paidForNothing: 0,
    perhaps: 0,
    attempts: { ...ALL, passed: 3, failed: 1 },
    run: ENDED,
  },
);
on('prose instead of JSON', ['openai pictures'], () => saysInstead('I would rather not.'), spent('badOutput', 'paid'));
on('prose instead of JSON', ['vllm-omni'], () => saysInstead(chat('I would rather not.')), spent('badOutput', 'free'));
on('prose instead of JSON', ['gemini'], () => saysInstead(googleParts({ text: 'I would rather not.' })), spent('badOutput', 'free'));
on(
  'prose instead of JSON',
  ['gradio'],
  () => ({
    aim: {
      path: STREAM,
      strike: streams(completed(true, { data: ['Please upload an image.', ''], duration: 1 })),
    },
  }),
  spent('badOutput', 'paid'),
);
on('empty choices', ['openai words'], () => saysInstead({ ...chat(), choices: [] }), spent('badOutput', 'paid'));
on('empty choices', ['openai pictures'], () => saysInstead({ created: 1, data: [] }), spent('badOutput', 'free'));
on('empty choices', ['vllm-omni'], () => saysInstead({ ...chat(), choices: [] }), spent('badOutput', 'free'));
on('empty choices', ['gemini'], () => saysInstead({ candidates: [], ...GOOGLE_USAGE }), spent('badOutput', 'free'));
on(
  'empty choices',
  ['gradio'],
  () => ({
    aim: { path: STREAM, strike: streams(completed(true, { data: [null, ''], duration: 1 })) },
  }),
  spent('badOutput', 'paid'),
);
on(
  'picture in the second choice',
  ['vllm-omni'],
  () => saysInstead(chat('Here it is.', shown(solidPng(1024, 1024, [9, 99, 199])))),
  fine(),
);
on(
  'picture in the second choice',
  ['gemini'],
  () =>
    saysInstead({
      ...googleParts({ text: 'Here it is.' }),
      candidates: [
        { content: { parts: [{ text: 'Here it is.' }] }, finishReason: 'STOP' },
        ...googleParts(inline(solidPng(1024, 1024, [9, 99, 199]))).candidates,
      ],
    }),
  fine(),
);
on(
  'wrong size',
  PICTURES,
  (c) => ({ aim: pictureIs(c, () => solidPng(512, 512, [9, 99, 199])) }),
  fine({ class: 'sizeDiffers', attempts: { ...ALL, passed: 3, rejected: 1 } }),
);
on('HTML instead of a picture', PICTURES, (c) => ({ aim: pictureIs(c, () => HTML) }), spent('badOutput', 'paid'));
on('HTML page instead of a reply', JSON_ONLY, () => says(200, HTML.toString()), spent('badOutput', 'free'));
on('picture cut short', PICTURES, (c) => ({ aim: pictureIs(c, cutPng) }), { ...spent('badOutput', 'paid') });
on('WebP, lossy', PICTURES, (c) => ({ aim: pictureIs(c, lossyWebp) }), fine({ lossy: 1 }));
on(
  'stream cut',
  ['gradio'],
  () => ({ aim: { path: STREAM, strike: cutsStream } }),
  (c) => held('network', c),
);
// Work in the queue of a server that stops: cut calls are held, those that cannot connect are sent again.
const restart = (path: RegExp): Fault => ({ aim: { path, from: 3, strike: ({ proxy }) => proxy.away(700, true) }, restarts: true });
on('server restart with queued work', EVERY, (c) => restart(c === 'gradio' ? STREAM : CALL[c]), {
  ...CLEAN,
  class: 'network',
  run: ENDED,
  paidForNothing: 0,
});
on(
  'clock jump, a day on and two back',
  EVERY,
  (c) => ({ aim: { path: CALL[c], strike: async (struck) => drips(struck), times: 2 }, clockJumps: [86_400_000, -172_800_000] }),
  fine(),
);

/** All rows, in the order of the table. */
export const ROWS: readonly Row[] = rows;
