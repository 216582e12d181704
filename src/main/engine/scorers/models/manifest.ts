import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ModelRole } from '../../../../shared/model/scorers.ts';
import { appRoot } from '../../appRoot.ts';

const Three = z.tuple([z.number(), z.number(), z.number()]);

export const ManifestFile = z.strictObject({
  /** In the repository. */
  path: z.string().min(1),
  /** On this machine; unique within its model. */
  name: z.string().regex(/^[\w.-]+$/),
  /** Another repository than the model's. */
  repo: z.string().optional(),
  /** Bytes, about: shown before the hub has been asked. */
  about: z.number().int().positive(),
  /** Exactly so many bytes; null when nobody has vouched for it. */
  bytes: z.number().int().positive().nullable(),
  /** Null when it is not known: the first download is then taken on trust, and said to be. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
export type ManifestFile = z.infer<typeof ManifestFile>;

export const ManifestModel = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string().min(1),
  role: ModelRole,
  about: z.string().min(1),
  licence: z.strictObject({ id: z.string().min(1), url: z.url(), note: z.string() }),
  /** owner/name on the hub. */
  repo: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  /** A commit, or a branch whose commit is recorded at the first download and kept from then on. */
  revision: z.string().min(1),
  files: z.array(ManifestFile).min(1),
  /** How a picture is brought to the model, in one resize. A preprocessor_config.json among the files has the last word. */
  picture: z.strictObject({
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    fit: z.enum(['fill', 'cover']),
    kernel: z.enum(['linear', 'cubic']),
    mean: Three,
    std: Three,
  }),
  settings: z.strictObject({
    /** Names of the outputs that hold a picture's and a text's vector; the first output when left out. */
    imageOutput: z.string().optional(),
    textOutput: z.string().optional(),
    /** Numbers of one token. */
    tokenWidth: z.number().int().positive().optional(),
    /** Side of a patch token, in pixels. */
    patch: z.number().int().positive().optional(),
    /** Tokens a text is padded to. */
    textLength: z.number().int().positive().optional(),
    lowerCase: z.boolean().optional(),
    /** Of SigLIP's sigmoid: exp(scale) x cosine + bias. */
    scale: z.number().optional(),
    bias: z.number().optional(),
  }),
});
export type ManifestModel = z.infer<typeof ManifestModel>;

const Manifest = z.strictObject({ version: z.literal(1), models: z.array(ManifestModel) });

/** The models the app knows how to use, from resources/models.json. Weights are never shipped. */
export async function readManifest(file = join(appRoot(), 'resources', 'models.json')): Promise<ManifestModel[]> {
  return Manifest.parse(JSON.parse(await readFile(file, 'utf8'))).models;
}
