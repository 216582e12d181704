import { expect, it } from 'vitest';
import { asLongJson } from '../../../../src/main/engine/providers/openai/b64.ts';
import { readChatPicture, readPicture, readText, usageOf } from '../../../../src/main/engine/providers/openai/replies.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const URI = `data:image/png;base64,${PNG.toString('base64')}`;
const plain = asLongJson;
const completion = (message: object, more: object = {}, top: object = {}) =>
  plain({
    model: 'm-1',
    choices: [{ index: 0, message, finish_reason: 'stop', ...more }],
    usage: { prompt_tokens: 10, completion_tokens: 4 },
    ...top,
  });

it('reads words as a string and in parts', () => {
  expect(readText(completion({ content: 'yes' }), 'x')).toMatchObject({
    value: 'yes',
    model: 'm-1',
    usage: { inputTokens: 10, outputTokens: 4 },
  });
  expect(
    readText(
      completion({
        content: [
          { type: 'text', text: 'y' },
          { type: 'text', text: 'es' },
        ],
      }),
      'x',
    ).value,
  ).toBe('yes');
});

// Catches: a refusal taken for an answer or for a fault, in each of the ways in which servers refuse.
it.each([
  [completion({ content: null, refusal: 'I cannot help with that.' }), 'refused'],
  [completion({ content: [{ type: 'refusal', refusal: 'No.' }] }), 'refused'],
  [completion({ content: 'par' }, { finish_reason: 'content_filter' }), 'refused'],
  [completion({ content: '{"adherence": 4.' }, { finish_reason: 'length' }), 'badOutput'],
  [completion({ content: '' }), 'badOutput'],
  [completion({ content: null }), 'badOutput'],
  [plain({ choices: [] }), 'badOutput'],
  [plain({}), 'badOutput'],
  [plain('<!doctype html><p>hello'), 'badOutput'],
])('does not take %# for an answer', (reply, code) => {
  expect(() => readText(reply, 'x')).toThrow(expect.objectContaining({ code }));
});

// Catches: money of a refused or cut answer that never reaches the books.
it('keeps what a refused answer used', () => {
  expect(() => readText(completion({ refusal: 'No.' }), 'x')).toThrow(
    expect.objectContaining({ usage: expect.objectContaining({ inputTokens: 10, outputTokens: 4 }) }),
  );
});

// Catches: a picture overlooked because words come first, or because of how its part is written.
it('finds the picture in any choice and form', () => {
  const part = { type: 'image_url', image_url: { url: URI } };
  const forms = [
    [{ message: { content: [part] } }],
    [{ message: { content: 'Here you are' } }, { message: { content: [part] } }],
    [{ message: { content: [{ type: 'text', text: 'done' }, part] } }],
    [{ message: { content: URI } }],
    [{ message: { content: 'ok', images: [part] } }],
    [{ message: { content: [{ type: 'image_url', image_url: URI }] } }],
  ];
  for (const choices of forms) expect(readChatPicture(plain({ choices }), 'x').value).toEqual({ bytes: PNG });
  expect(() => readChatPicture(completion({ content: 'I see a cat.' }), 'x')).toThrow(expect.objectContaining({ code: 'badOutput' }));
  expect(() => readChatPicture(completion({ refusal: 'No.' }), 'x')).toThrow(expect.objectContaining({ code: 'refused' }));
});

// Catches: a path on the server's disk that is opened here, and a page that is kept as a picture.
it('takes only pictures out of an images reply', () => {
  expect(readPicture(plain({ data: [{ b64_json: PNG.toString('base64') }] }), 'x').value).toEqual({ bytes: PNG });
  expect(readPicture(plain({ data: [{ url: '/v1/images/7/content' }] }), 'x').value).toEqual({ link: '/v1/images/7/content' });
  for (const data of [[], [{ file_path: '/etc/passwd' }], [{ b64_json: Buffer.from('<html>').toString('base64') }]])
    expect(() => readPicture(plain({ data }), 'x')).toThrow(expect.objectContaining({ code: 'badOutput' }));
});

// Catches: tokens counted twice, and GPU time that a server tells in its own way.
it('counts every token once', () => {
  const chat = { prompt_tokens: 1000, completion_tokens: 300, prompt_tokens_details: { cached_tokens: 400, image_tokens: 500 } };
  expect(usageOf({ usage: chat })).toMatchObject({ inputTokens: 100, cachedInputTokens: 400, imageInputTokens: 500, outputTokens: 300 });
  const image = { input_tokens: 50, output_tokens: 1056, input_tokens_details: { text_tokens: 10, image_tokens: 40 } };
  expect(usageOf({ usage: image })).toMatchObject({ inputTokens: 10, imageInputTokens: 40, outputTokens: 0, imageOutputTokens: 1056 });
  const spoken = { ...image, output_tokens_details: { text_tokens: 56, image_tokens: 1000 } };
  expect(usageOf({ usage: spoken })).toMatchObject({ outputTokens: 56, imageOutputTokens: 1000 });
  expect(usageOf({ inference_time_s: 5.5 }).gpuSeconds).toBe(5.5);
  expect(usageOf({ timings: { prompt_ms: 250, predicted_ms: 750 } }).gpuSeconds).toBe(1);
});
