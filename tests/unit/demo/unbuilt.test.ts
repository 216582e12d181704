import { expect, test, vi } from 'vitest';
import { createCanvas } from '../../../src/main/engine/pixels/canvas.ts';
import { OBJECTS } from '../../../src/main/engine/providers/demo/catalogue.ts';
import { spriteSource } from '../../../src/main/engine/providers/demo/paint/sprites.ts';

vi.mock('../../../src/main/engine/appRoot.ts', () => ({ appRoot: () => '/no-such-checkout' }));

// Catches: a run in a checkout that was never built which tries again for ever instead of pausing with what to do.
test('without the sprites of the build the demo is a model that is not there', async () => {
  const { name, colour } = OBJECTS[0]!;
  await expect(spriteSource(createCanvas())(name, colour, 64)).rejects.toMatchObject({
    name: 'ProviderError',
    code: 'notFound',
    message: expect.stringMatching(/have not been built.*npm run build/),
  });
});
