import { expect, it } from 'vitest';
import { durationMs, faultError } from '../../../../src/main/engine/providers/openai/errors.ts';

const fault = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  faultError(
    { status, header: (name) => headers[name], body: typeof body === 'string' ? body : JSON.stringify(body) },
    'here',
    Date.parse('2026-11-23T00:00:00Z'),
  );
const said = (more: object) => ({ error: { message: 'words', type: 'x', param: null, code: null, ...more } });

// Catches: a form of error body whose meaning is lost, so that a refusal is retried or an empty account keeps being asked.
it.each([
  [401, said({ code: 'invalid_api_key' }), 'auth'],
  [403, said({}), 'auth'],
  [404, said({ code: 'model_not_found' }), 'notFound'],
  [400, said({ code: 'moderation_blocked' }), 'refused'],
  [400, said({ message: 'Your request was rejected by the safety system.', type: 'image_generation_user_error' }), 'refused'],
  [400, said({ message: 'Invalid image file or mode', type: 'image_generation_user_error', code: 'invalid_image_file' }), 'badRequest'],
  [400, said({ code: 'context_length_exceeded' }), 'badRequest'],
  [
    400,
    { object: 'error', message: 'This model’s maximum context length is 8192 tokens', type: 'BadRequestError', code: 400 },
    'badRequest',
  ],
  [400, { detail: 'Model mismatch: the model `a` is not served here' }, 'notFound'],
  [422, { detail: [{ loc: ['body', 'n'], msg: 'Input should be greater than 0' }] }, 'badRequest'],
  [405, { detail: 'Method Not Allowed' }, 'notFound'],
  [410, said({ message: 'This model was shut down.' }), 'notFound'],
  [404, { error: 'model "x" not found, try pulling it first' }, 'notFound'],
  [429, said({ code: 'insufficient_quota' }), 'quotaExhausted'],
  [429, said({ type: 'insufficient_quota' }), 'quotaExhausted'],
  [402, 'Payment required', 'quotaExhausted'],
  [429, said({ code: 'rate_limit_exceeded' }), 'rateLimited'],
  [500, { detail: 'CUDA out of memory' }, 'serverError'],
  [502, '<html><body><h1>502 Bad Gateway</h1></body></html>', 'serverError'],
  [503, { detail: 'queue full' }, 'overloaded'],
  [504, '', 'timeout'],
])('%d %j is %s', (status, body, code) => {
  expect(fault(status, body)).toMatchObject({ code });
});

// Catches: words of the server that do not reach the user, or markup and pictures that do.
it('says what the server said, without markup and pictures', () => {
  expect(fault(422, { detail: [{ loc: ['body', 'n'], msg: 'too small' }] }).message).toBe('here answered 422: body.n: too small');
  expect(fault(502, '<html><style>h1{}</style><h1>Bad Gateway</h1></html>').message).toBe('here answered 502: Bad Gateway');
  const echo = fault(400, { detail: `bad url data:image/png;base64,${'A'.repeat(5000)}` });
  expect(echo.raw!.length).toBeLessThan(200);
});

// Catches: a wait the server asked for that is not kept.
it('reads how long to wait', () => {
  const busy = said({ code: 'rate_limit_exceeded' });
  expect(fault(429, busy, { 'retry-after': '2' }).retryAfterMs).toBe(2000);
  expect(fault(429, busy, { 'retry-after-ms': '250', 'retry-after': '2' }).retryAfterMs).toBe(250);
  expect(fault(429, busy, { 'retry-after': 'Mon, 23 Nov 2026 00:00:05 GMT' }).retryAfterMs).toBe(5000);
  const spent = { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s', 'x-ratelimit-remaining-requests': '5' };
  expect(fault(429, busy, { ...spent, 'x-ratelimit-reset-requests': '1h' }).retryAfterMs).toBe(360_000);
  expect(fault(429, busy).retryAfterMs).toBeUndefined();
  expect(fault(429, said({ code: 'insufficient_quota' }), { 'retry-after': '2' }).retryAfterMs).toBeUndefined();
  expect(['20ms', '1s', '6m0s', '1h2m3.5s', '', 'soon'].map(durationMs)).toEqual([20, 1000, 360_000, 3_723_500, undefined, undefined]);
});
