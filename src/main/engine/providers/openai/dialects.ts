import type { Dialect } from '../../../../shared/model/provider.ts';

/**
 * What a server of a dialect takes and lacks. Sources: openai-node 7.57 resources/*.d.ts; vllm-omni entrypoints/openai
 * (api_server.py, protocol/images.py) and model_extras/bagel.py; sglang multimodal_gen image_api.py and configs/sample/bagel.py;
 * ollama docs/api/openai-compatibility.mdx; llama.cpp tools/server/README.md; lmstudio.ai/docs.
 */
export interface DialectFacts {
  /** A seed in a chat request: taken and decides the answer, taken but not promised, or not taken and so not sent. */
  chatSeed: 'yes' | 'unknown' | 'no';
  /** How the most tokens of an answer are named. */
  maxTokens: 'max_tokens' | 'max_completion_tokens';
  /** Picture routes of the server. */
  generations: boolean;
  edits: boolean;
  /** The seed of a picture request; `no` = not sent. */
  imageSeed: 'yes' | 'no';
  /** response_format: b64_json. Hosted OpenAI refuses the field, local servers may answer with a link without it. */
  responseFormat: boolean;
  /** output_format: png. SGLang would send JPEG without it. */
  outputFormat: boolean;
  /** The edit route must be told the size; the others use that of the picture. */
  editSize: boolean;
  /** How BAGEL's knobs are written: among the fields of the chat route, or of the picture routes. */
  bagel: 'chat' | 'images' | null;
  /** A line for people about what it lacks. */
  lacks: string;
}

const CHAT_ONLY = {
  maxTokens: 'max_tokens',
  generations: false,
  edits: false,
  imageSeed: 'no',
  responseFormat: false,
  outputFormat: false,
  editSize: false,
  bagel: null,
} as const satisfies Partial<DialectFacts>;

const IMAGES = { generations: true, edits: true, imageSeed: 'yes', responseFormat: true, outputFormat: true } as const;

export const DIALECTS: Record<Dialect, DialectFacts> = {
  openai: {
    chatSeed: 'unknown',
    maxTokens: 'max_completion_tokens',
    generations: true,
    edits: true,
    imageSeed: 'no',
    responseFormat: false,
    outputFormat: true,
    editSize: true,
    bagel: null,
    lacks: 'Pictures have no seed: asking twice gives two pictures. A seed of a chat is best effort.',
  },
  vllm: { ...CHAT_ONLY, chatSeed: 'yes', lacks: 'No picture routes; those need vllm-omni.' },
  'vllm-omni': {
    ...IMAGES,
    chatSeed: 'yes',
    maxTokens: 'max_tokens',
    editSize: false,
    bagel: 'chat',
    lacks: 'Its edit route has no BAGEL knobs, so BAGEL is asked through the chat route. The answer has the size of the picture sent.',
  },
  sglang: {
    ...IMAGES,
    chatSeed: 'yes',
    maxTokens: 'max_tokens',
    editSize: true,
    bagel: 'images',
    lacks:
      'Of BAGEL it takes text guidance, image guidance, timestep shift and steps; interval, renorm and thinking stay as the server has them.',
  },
  ollama: { ...CHAT_ONLY, chatSeed: 'yes', generations: true, responseFormat: true, lacks: 'Pictures have no seed; no edits.' },
  lmstudio: { ...CHAT_ONLY, chatSeed: 'unknown', lacks: 'No picture routes; a seed is not promised.' },
  llamacpp: { ...CHAT_ONLY, chatSeed: 'yes', lacks: 'No picture routes.' },
};
