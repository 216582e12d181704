import { expect, it } from 'vitest';
import { form } from '../../../../src/main/engine/providers/openai/multipart.ts';

// Catches: "[object Object]" where vllm-omni wants JSON.
it('a group or list of a profile goes as JSON text', async () => {
  const { parts, type } = form({ prompt: 'a "b"', steps: 50, lora: { name: 'x', scale: 0.5 } }, []);
  const read = await new Response(Buffer.concat(parts), { headers: { 'content-type': type } }).formData();
  expect(Object.fromEntries(read)).toEqual({ prompt: 'a "b"', steps: '50', lora: '{"name":"x","scale":0.5}' });
});
