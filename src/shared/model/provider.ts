import { z } from 'zod';
import { BagelParams } from './bagel.ts';

/** The jobs a model can have in a run (DESIGN section 6). */
export const Role = z.enum(['promptEngineer', 'textToImage', 'plausibilityJudge', 'imageEditor', 'softJudge', 'validator', 'inverter']);
export type Role = z.infer<typeof Role>;

/**
 * Prices of one model, with the day they were written down. Token counts are disjoint: a cached or an image token is not
 * counted among the text tokens. A modality without a price of its own costs what text costs.
 */
export const PriceTable = z.strictObject({
  /** US dollars a call, whatever is in it. */
  usdPerCall: z.number().nonnegative().default(0),
  /** US dollars for a million tokens. */
  usdPerMillionInputTokens: z.number().nonnegative().default(0),
  usdPerMillionImageInputTokens: z.number().nonnegative().optional(),
  usdPerMillionCachedInputTokens: z.number().nonnegative().optional(),
  usdPerMillionOutputTokens: z.number().nonnegative().default(0),
  usdPerMillionImageOutputTokens: z.number().nonnegative().optional(),
  /** US dollars a picture made. */
  usdPerImage: z.number().nonnegative().default(0),
  /** US dollars a GPU second; also turns GPU seconds into money for machines of one's own. */
  usdPerGpuSecond: z.number().nonnegative().default(0),
  /** What a call in a batch costs, as a share of its price. */
  batchFactor: z.number().min(0).max(1).default(1),
  /** Upper bounds of one call, used to reserve before it is sent. */
  worstInputTokens: z.number().int().nonnegative().default(4096),
  worstOutputTokens: z.number().int().nonnegative().default(1024),
  worstGpuSeconds: z.number().nonnegative().default(0),
  asOf: z.string().default(''),
});
export type PriceTable = z.infer<typeof PriceTable>;

/** How an endpoint is spoken to. */
export const Transport = z.enum(['demo', 'openai', 'gemini', 'gradio']);
export type Transport = z.infer<typeof Transport>;

/** Servers that speak the OpenAI protocol, each a little differently (see providers/openai/dialects.ts). */
export const Dialect = z.enum(['openai', 'vllm', 'vllm-omni', 'sglang', 'ollama', 'lmstudio', 'llamacpp']);
export type Dialect = z.infer<typeof Dialect>;

/**
 * Where a key is found; the key itself is never in a recipe, a workspace or a log. env:NAME = environment variable, stored:NAME =
 * the app's own key store (OS keychain on the desktop, a file of mode 0600 elsewhere), file:PATH = a file of mode 0600.
 */
export const KeyRef = z
  .string()
  .regex(/^((env|stored):[A-Za-z0-9_.-]+|file:.+)?$/, 'a key is env:NAME, stored:NAME or file:PATH, never the key itself');
export type KeyRef = z.infer<typeof KeyRef>;

/** Which functions of a Gradio app do the work, and what goes where. Found from the app's own description when left out. */
export const GradioBinding = z.strictObject({
  /** API name of the editing function, for example /process_edit_image. */
  edit: z.string().startsWith('/').optional(),
  /** API name of the text-to-image function. */
  generate: z.string().startsWith('/').optional(),
  /** Fills a parameter of the app by its name: a literal, or $image, $prompt, $seed, $width, $height, $ratio, $bagel.NAME. */
  inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).default({}),
  /** Which output is the picture, counted from 0. */
  output: z.number().int().min(0).default(0),
  /** User of an app with a login; its password is the endpoint's key. */
  user: z.string().default(''),
});
export type GradioBinding = z.infer<typeof GradioBinding>;

/** One place where models answer. Data, never code: ids, prices and limits are the user's to edit. */
const EndpointFields = z.strictObject({
  id: z.string().min(1),
  /** A line for people. */
  title: z.string().default(''),
  transport: Transport,
  /** Only for transport openai. */
  dialect: Dialect.default('openai'),
  /** Root of the server: for openai it ends in /v1, for gradio it is the page's address. Empty = the provider's public one. */
  baseUrl: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
  key: KeyRef.default(''),
  /** Gemini through Vertex AI instead of AI Studio. */
  vertex: z.strictObject({ project: z.string().min(1), location: z.string().min(1).default('global') }).optional(),
  /** Gemini: v1, v1beta, ...; empty = the SDK's own choice. */
  apiVersion: z.string().default(''),
  gradio: GradioBinding.optional(),
  /** Send judgements (and edits where sold) in batches at the batch price; answers take minutes to hours. */
  batch: z
    .strictObject({
      maxItems: z.number().int().min(1).max(50_000).default(500),
      /** A batch that is not full is sent after this. */
      waitSeconds: z.number().positive().default(30),
      pollSeconds: z.number().positive().default(30),
      deadlineHours: z.number().positive().default(24),
    })
    .optional(),
  /** Calls at once; the lane stays below it when the server refuses or slows down. */
  concurrency: z.number().int().min(1).max(1024).default(4),
  /** Calls a minute; 0 = no limit. */
  callsPerMinute: z.number().nonnegative().default(0),
  /** Tokens a minute, input and output; 0 = no limit. */
  tokensPerMinute: z.number().nonnegative().default(0),
  deadlineSeconds: z.number().positive().default(120),
  /** Prices of every model here that has none of its own. */
  prices: PriceTable.prefault({}),
  /** Prices by model. */
  modelPrices: z.record(z.string(), PriceTable).default({}),
});

function checkEndpoint(endpoint: z.infer<typeof EndpointFields>, ctx: z.RefinementCtx): void {
  const issue = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message });
  if (endpoint.transport === 'gradio' && endpoint.baseUrl === '') issue('baseUrl', 'a Gradio endpoint needs the address of its app');
  if (endpoint.transport === 'openai' && endpoint.dialect !== 'openai' && endpoint.baseUrl === '')
    issue('baseUrl', `a ${endpoint.dialect} server needs its address, for example http://127.0.0.1:8000/v1`);
  if (endpoint.vertex && endpoint.transport !== 'gemini') issue('vertex', 'only a gemini endpoint can go through Vertex AI');
  if (endpoint.gradio && endpoint.transport !== 'gradio') issue('gradio', 'only a gradio endpoint has this');
  if (endpoint.batch && endpoint.transport !== 'gemini' && !(endpoint.transport === 'openai' && endpoint.dialect === 'openai'))
    issue('batch', 'batches are sold by OpenAI and Gemini only');
  if (endpoint.batch && endpoint.vertex)
    issue('batch', 'Vertex AI takes batches out of storage buckets only; use a key of AI Studio, or leave it out');
}

export const Endpoint = EndpointFields.superRefine(checkEndpoint);
export type Endpoint = z.infer<typeof Endpoint>;

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** Further fields of a request, as the server spells them; groups and lists are sent as such. */
export const Params = z.record(z.string(), z.json() as z.ZodType<Json>);
export type Params = z.infer<typeof Params>;

/** Which endpoint and model plays a role, and with what parameters. */
export const RoleBinding = z.strictObject({
  endpoint: z.string().min(1),
  model: z.string().min(1),
  params: Params.default({}),
  /** Set for BAGEL-shaped models: their knobs, written in the server's own way. */
  bagel: BagelParams.optional(),
});
export type RoleBinding = z.infer<typeof RoleBinding>;

/** What a profile proposes for a role; the recipe may say otherwise. */
const RoleModel = RoleBinding.omit({ endpoint: true });

/** An endpoint kept in the workspace, with the models that play on it. */
export const EndpointProfile = EndpointFields.extend({ roles: z.partialRecord(Role, RoleModel).default({}) }).superRefine(checkEndpoint);
export type EndpointProfile = z.infer<typeof EndpointProfile>;

/** What one call used. Zero where the server does not tell. Token counts are disjoint (see PriceTable); thoughts count as output. */
export const Usage = z.object({
  inputTokens: z.number().default(0),
  imageInputTokens: z.number().default(0),
  cachedInputTokens: z.number().default(0),
  outputTokens: z.number().default(0),
  imageOutputTokens: z.number().default(0),
  images: z.number().default(0),
  gpuSeconds: z.number().default(0),
});
export type Usage = z.infer<typeof Usage>;

export const NO_USAGE: Usage = Usage.parse({});
