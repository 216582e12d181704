import { z } from 'zod';

/**
 * The one parameter set of BAGEL-shaped models (base BAGEL, Bagel-NHR-Edit and -V2). Servers spell it in three ways and their
 * defaults disagree, so every value is always sent. Ranges are those of the official app, the narrowest of all.
 */
export const BagelParams = z.strictObject({
  /** Text guidance: how strongly the instruction pulls. */
  textCfg: z.number().min(1).max(8).default(4),
  /** Image guidance: how strongly the source picture holds. */
  imageCfg: z.number().min(1).max(4).default(2),
  /** Part of the denoising in which guidance works, 0 to 1. The official app fixes the end at 1. */
  cfgInterval: z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]).default([0, 1]),
  renormType: z.enum(['global', 'local', 'text_channel']).default('text_channel'),
  renormMin: z.number().min(0).max(1).default(0),
  timestepShift: z.number().min(1).max(10).default(3),
  steps: z.number().int().min(10).max(100).default(50),
  /** Let the model think in words before it paints. */
  think: z.boolean().default(false),
  maxThinkTokens: z.number().int().min(64).max(4006).default(1024),
});
export type BagelParams = z.infer<typeof BagelParams>;

/** Seeds of the official app: 0 would mean "random, and not told which"; above the maximum it refuses. */
export const MAX_BAGEL_SEED = 1_000_000;

/**
 * Sets to start from, as data. Editing and painting: the defaults of the official app's two functions (ByteDance-Seed/Bagel, app.py),
 * which BAGEL's own edit benchmark uses too. Bagel-NHR-Edit-V2 is BAGEL tuned by LoRA and publishes no values of its own, so it
 * starts from those of BAGEL's editing.
 */
export const BAGEL_PRESETS = {
  bagelEdit: BagelParams.parse({}),
  nhrEditV2: BagelParams.parse({}),
  bagelPaint: BagelParams.parse({ cfgInterval: [0.4, 1], renormType: 'global' }),
} as const satisfies Record<string, BagelParams>;
export type BagelPreset = keyof typeof BAGEL_PRESETS;
