import { LLMock } from '@copilotkit/aimock';
import { fakeGemini } from '../../helpers/fakes/gemini.ts';
import { startFakeGradio } from '../../helpers/fakes/gradio.ts';
import { solidPng } from '../../helpers/fakes/png.ts';
import { fakeSglang } from '../../helpers/fakes/sglang.ts';
import { fakeVllmOmni } from '../../helpers/fakes/vllmOmni.ts';

/** The ways to a model that faults are tried on. */
export const COLUMNS = ['openai words', 'openai pictures', 'vllm-omni', 'gemini', 'gradio'] as const;
export type Column = (typeof COLUMNS)[number];

/** A server behind a fault, and how the recipe names it. */
export interface Behind {
  url: string;
  /** Fields of the endpoint besides id, address and prices. */
  endpoint: string;
  /** The role that is struck, and its binding. */
  role: 'validator' | 'imageEditor';
  model: string;
  close(): Promise<unknown>;
}

const SIDE = 1024;
const EDITS = [
  { instruction: 'Paint everything in another colour', category: 'Change color' },
  { instruction: 'Make it night', category: 'Change time of day' },
];

/** Another picture each time. */
function painting() {
  let painted = 0;
  return () => {
    painted += 1;
    return solidPng(SIDE, SIDE, [(painted * 83) % 256, (painted * 149) % 256, (painted * 211) % 256]);
  };
}

/** An OpenAI server that somebody else wrote: a writer, a judge that likes everything, a painter. */
async function openAi() {
  const server = new LLMock({ port: 0, strict: true });
  await server.start();
  const paint = painting();
  server.onMessage(/Design 1 scene/, {
    content: JSON.stringify({ scenes: [{ prompt: 'A wall in the sun', style: 'standard', edits: EDITS }] }),
  });
  server.onMessage(/Give two scores/, {
    content: '{"adherence": 4.9, "aesthetics": 4.8}',
    usage: { prompt_tokens: 1000, completion_tokens: 10 },
  });
  server.on({ endpoint: 'image' }, () => ({ image: { b64Json: paint().toString('base64') } }));
  return { url: server.url, close: () => server.stop() };
}

/** Starts the server of a column. */
export async function behind(column: Column): Promise<Behind> {
  switch (column) {
    case 'openai words':
      return { ...(await openAi()), endpoint: 'transport: openai, key: env:NHR_TEST_KEY', role: 'validator', model: 'model: judge' };
    case 'openai pictures':
      return { ...(await openAi()), endpoint: 'transport: openai, key: env:NHR_TEST_KEY', role: 'imageEditor', model: 'model: painter' };
    case 'vllm-omni': {
      const server = await fakeVllmOmni('bagel');
      return { ...server, endpoint: 'transport: openai, dialect: vllm-omni', role: 'imageEditor', model: 'model: bagel, bagel: {}' };
    }
    case 'gemini':
      return {
        ...(await fakeGemini()),
        endpoint: 'transport: gemini, key: env:NHR_TEST_KEY',
        role: 'imageEditor',
        model: 'model: g-image',
      };
    case 'gradio': {
      const app = await startFakeGradio({ paint: painting() });
      return { url: app.url, close: app.close, endpoint: 'transport: gradio', role: 'imageEditor', model: 'model: bagel, bagel: {}' };
    }
  }
}

/** The servers that do all the rest, and well. */
export async function others() {
  const [words, pictures] = [await openAi(), await fakeSglang('bagel')];
  return { words: `${words.url}/v1`, pictures: `${pictures.url}/v1`, close: () => Promise.all([words.close(), pictures.close()]) };
}

/** One scene, two seeds, two edits: four attempts, each edited and validated, two at a time. A cent a picture. */
export function recipe(
  one: Behind,
  url: string,
  servers: { words: string; pictures: string },
  limits: { deadlineSeconds: number; concurrency: number },
): string {
  const slash = one.endpoint.includes('openai') ? '/v1' : '';
  const prices = one.role === 'imageEditor' ? 'usdPerImage: 0.01' : 'usdPerMillionInputTokens: 10, worstInputTokens: 4000';
  const struck = `{ endpoint: struck, ${one.model} }`;
  const editor = one.role === 'imageEditor' ? struck : '{ endpoint: pictures, model: bagel, bagel: {} }';
  const judge = one.role === 'validator' ? struck : '{ endpoint: words, model: judge }';
  return `version: 1
name: Faults
scenes: { from: constraints, scenes: 1, editsPerScene: 2, composite: false, batch: 1 }
seedsPerScene: 2
attemptsPerInstruction: 1
sizes: [${SIDE}x${SIDE}]
sourceSize: { maxLongSide: ${SIDE}, minShortSide: 512, multipleOf: 16 }
gates: { sizeMismatch: reject }
plausibilityGate: false
stages: [edit, validator]
growth: []
concurrency: ${limits.concurrency}
budget: { wallSeconds: 3600, apiSeconds: 3600 }
endpoints:
  - { id: struck, ${one.endpoint}, baseUrl: "${url}${slash}", concurrency: 2, deadlineSeconds: ${limits.deadlineSeconds}, prices: { ${prices} } }
  - { id: words, transport: openai, baseUrl: "${servers.words}", key: env:NHR_TEST_KEY }
  - { id: pictures, transport: openai, dialect: sglang, baseUrl: "${servers.pictures}" }
roles:
  promptEngineer: { endpoint: words, model: writer }
  textToImage: { endpoint: pictures, model: bagel, bagel: {} }
  imageEditor: ${editor}
  validator: ${judge}
`;
}
