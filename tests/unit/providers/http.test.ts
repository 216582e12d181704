import { expect, it } from 'vitest';
import { afterwards, networkError } from '../../../src/main/engine/providers/http.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' });
const wrapped = (cause: unknown, message: string) => new Error(message, { cause });

// Catches: "fetch failed" instead of what happened, and a request that never left booked as one that may have been charged.
it.each([
  ['the socket’s own error', refused],
  ['fetch’s wrapping of it', wrapped(refused, 'fetch failed')],
  ['an SDK’s wrapping of fetch’s', wrapped(wrapped(refused, 'fetch failed'), 'Connection error.')],
])('says what happened below HTTP: %s', (_name, error) => {
  expect(networkError(error, 'bagel')).toMatchObject({
    code: 'network',
    unsent: true,
    message: 'bagel cannot be reached: connect ECONNREFUSED 127.0.0.1:9.',
  });
});

it('a name with several addresses has no words of its own; a cut connection may have been charged', () => {
  const all = Object.assign(new AggregateError([refused]), { code: 'ECONNREFUSED' });
  expect(networkError(all, 'bagel')).toMatchObject({ unsent: true, message: 'bagel cannot be reached: ECONNREFUSED.' });
  const cut = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
  expect(networkError(cut, 'bagel')).toMatchObject({
    unsent: false,
    message: 'bagel cannot be reached: UND_ERR_SOCKET, other side closed.',
  });
  expect(networkError(new Error(''), 'bagel').message).toContain('no reason given');
});

// Catches: work in a queue that is asked for twice, because the server could not be reached when it was looked for.
it('not to be reached after the work was taken is no proof that nothing was asked', async () => {
  const lost = afterwards(() => Promise.reject(networkError(refused, 'bagel')));
  await expect(lost).rejects.toMatchObject({ code: 'network', unsent: false });
});
