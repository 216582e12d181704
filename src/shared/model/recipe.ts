import { z } from 'zod';
import { AlignLimits, FullReferenceLimits, GateProfile, LearnedLimits, MaskRule, SizeMismatch, USUAL_FLAGS } from './gates.ts';
import { Endpoint, Role, RoleBinding } from './provider.ts';

/** Stages every attempt may go through. The recipe's list is the order; a stage that is not named is off. */
export const AttemptStage = z.enum([
  'edit',
  'lowLevel',
  'fullReference',
  'textCheck',
  'learned',
  'localValidator',
  'softJudge',
  'softChecks',
  'validator',
]);
export type AttemptStage = z.infer<typeof AttemptStage>;

/** Stages that grow the set after selection. The recipe's list is the order; a stage that is not named is off. */
export const GrowthStage = z.enum(['inversion', 'composition', 'backwardConsistency']);
export type GrowthStage = z.infer<typeof GrowthStage>;

/** Every stage a result can come from, in the order a reader expects. */
export const StageName = z.enum(['scenes', 'sources', 'plausibility', ...AttemptStage.options, 'selection', ...GrowthStage.options]);
export type StageName = z.infer<typeof StageName>;

/** The 26 sizes of the release (paper, table C.3): width x height, all multiples of 32. */
export const SIZE_BUCKETS = [
  '640x1600',
  '640x1536',
  '704x1472',
  '704x1408',
  '768x1344',
  '768x1280',
  '832x1216',
  '832x1152',
  '896x1152',
  '896x1088',
  '960x1088',
  '960x1024',
  '1024x1024',
  '1024x960',
  '1088x960',
  '1088x896',
  '1152x896',
  '1152x832',
  '1216x832',
  '1280x768',
  '1344x768',
  '1344x704',
  '1408x704',
  '1472x704',
  '1536x640',
  '1600x640',
] as const;

const Score = z.number().min(1).max(5);
const ScorePair = z.object({ adherence: Score, aesthetics: Score });
const Size = z.string().regex(/^\d{2,4}x\d{2,4}$/, 'a size is WIDTHxHEIGHT, for example 1024x1024');

const Constraints = z.object({
  from: z.literal('constraints'),
  /** Scenes to design. */
  scenes: z.number().int().min(1).max(1_000_000),
  /** Edits per scene (k); the last is a composite of two or more operations when `composite` is on. */
  editsPerScene: z.number().int().min(1).max(50).default(5),
  topics: z.array(z.string().min(1)).default([]),
  styles: z.array(z.string().min(1)).default(['standard']),
  operations: z.array(z.string().min(1)).default([]),
  minObjects: z.number().int().min(1).max(5).default(1),
  maxObjects: z.number().int().min(1).max(5).default(5),
  composite: z.boolean().default(true),
  /** Scenes asked for in one call (the paper: 50). */
  batch: z.number().int().min(1).max(100).default(50),
});
const SceneFile = z.object({
  from: z.literal('file'),
  /** JSON Lines: {"prompt": text, "edits": [{"instruction": text, "category": text}], "style"?: text}. */
  path: z.string().min(1),
});
const ImageFolder = z.object({
  from: z.literal('folder'),
  /** Folder of real images. */
  path: z.string().min(1),
  /** JSON Lines: {"image": file name, "instruction": text, "category"?: text}. Default: instructions.jsonl in the folder. */
  instructions: z.string().min(1).optional(),
});

export const LowLevelGate = z.object({
  /** A pixel is flagged when a channel differs by more than this (paper: 40). */
  threshold: z.number().int().min(0).max(254).default(USUAL_FLAGS.threshold),
  /** How three channels become one mask. The paper does not say; any-channel is our versioned choice. */
  maskRule: MaskRule.default(USUAL_FLAGS.maskRule),
  /** Rejected when the largest component holds less than this share of the flagged pixels (paper: 0.005). */
  minLargestShare: z.number().min(0).max(1).default(0.005),
});
export type LowLevelGate = z.infer<typeof LowLevelGate>;

/** What makes the mask of changed pixels: all of the low-level check but its limit. */
export const FlagRule = LowLevelGate.pick({ threshold: true, maskRule: true });
export type FlagRule = z.infer<typeof FlagRule>;

/** Limits of the stage textCheck, on what the local reader makes of the letters in an edited picture. */
export const TextGate = z.strictObject({
  /** Least likeness of the letters read to those asked for; letters that look alike (0 and O) count as the same. 1 = none may differ. */
  minMatch: z.number().min(0).max(1).default(0.9),
  /** Least certainty of the reader about them. */
  minConfidence: z.number().min(0).max(1).default(0.5),
});
export type TextGate = z.infer<typeof TextGate>;

/** The stage localValidator: a calibration made here says what a judge would, and spares those that have next to no chance. */
export const LocalValidatorGate = z.strictObject({
  /** Which calibration: its name (the newest of it, pinned when the run starts) or its id, name-number. */
  calibration: z.string().default(''),
  /** Both scores that a judge would have to give; left out = those of gates.validator. */
  least: ScorePair.optional(),
  /** Rejected when the chance that both are reached is smaller than this; everything else is left to the judges. */
  minChance: z.number().min(0).max(1).default(0.05),
});
export type LocalValidatorGate = z.infer<typeof LocalValidatorGate>;

export const Budget = z.object({
  attempts: z.number().int().positive().optional(),
  usd: z.number().positive().optional(),
  gpuSeconds: z.number().positive().optional(),
  apiSeconds: z.number().positive().optional(),
  wallSeconds: z.number().positive().optional(),
});
export type Budget = z.infer<typeof Budget>;

export const Schedule = z.enum(['uniform', 'untilSuccess', 'weakestCategoryFirst']);
export type Schedule = z.infer<typeof Schedule>;

/** Everything that decides what a run does: Algorithm 1 of the paper as data. */
export const Recipe = z
  .strictObject({
    version: z.literal(1),
    name: z.string().min(1).max(120),
    /** Two runs with the same recipe and seed draw the same jobs. */
    seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(1),
    scenes: z.discriminatedUnion('from', [Constraints, SceneFile, ImageFolder]),
    /** Seeds per scene (N, paper: 10). Real images count as one source each. */
    seedsPerScene: z.number().int().min(1).max(1000).default(10),
    /** Attempts per <source, instruction> (M, paper: 5). */
    attemptsPerInstruction: z.number().int().min(1).max(1000).default(5),
    sizes: z
      .array(Size)
      .min(1)
      .default([...SIZE_BUCKETS]),
    /** Every source is brought to this before it is I0 (paper: long side at most 2200; BAGEL wants 1024, 512 and 16). */
    sourceSize: z
      .strictObject({
        maxLongSide: z.number().int().min(64).max(8192).default(2200),
        minShortSide: z.number().int().min(16).max(4096).default(256),
        multipleOf: z.number().int().min(1).max(128).default(16),
      })
      .prefault({}),
    /** Ask the plausibility judge about every generated source. */
    plausibilityGate: z.boolean().default(true),
    schedule: Schedule.default('uniform'),
    stages: z.array(AttemptStage).min(1).default(['edit', 'lowLevel', 'softJudge', 'softChecks', 'validator']),
    growth: z.array(GrowthStage).default(['inversion', 'composition', 'backwardConsistency']),
    gates: z
      .strictObject({
        lowLevel: LowLevelGate.prefault({}),
        /** Limits of the stage fullReference: a named set, and what differs from it. */
        profile: GateProfile.default('paper-exact'),
        fullReference: FullReferenceLimits.partial().default({}),
        textCheck: TextGate.prefault({}),
        /** What the stage learned measures, by models that were fetched, and the limits. */
        learned: LearnedLimits.default({}),
        localValidator: LocalValidatorGate.prefault({}),
        /** Both soft scores must reach these. */
        softJudge: ScorePair.default({ adherence: 4, aesthetics: 4 }),
        /** Both hard scores must reach these (paper: 4.7 and 4.7). */
        validator: ScorePair.default({ adherence: 4.7, aesthetics: 4.7 }),
        /** Both scores of the inverse triplet must reach these, else it and its parent leave the set. */
        backward: ScorePair.default({ adherence: 4.7, aesthetics: 4.7 }),
        /** What to do with an edit of another size than its source; never silent. */
        sizeMismatch: SizeMismatch.default('reject'),
        /** Single limits of `align` instead of the profile's. */
        align: AlignLimits.partial().default({}),
      })
      .prefault({}),
    composition: z
      .strictObject({
        /** Edges joined into one instruction: 2 = pairs. */
        maxEdits: z.number().int().min(2).max(5).default(2),
        maxPerSource: z.number().int().min(1).max(10_000).default(20),
        /** Let the inverter's model write one sentence out of the joined instructions. */
        rewrite: z.boolean().default(false),
        /** Ask the validator about composed triplets too. */
        validate: z.boolean().default(false),
      })
      .prefault({}),
    budget: Budget.default({}),
    /** Attempts worked on at once. Which attempts, and what they give, does not depend on it. */
    concurrency: z.number().int().min(1).max(1024).default(8),
    /** After a crash a paid call may have been charged without an answer: hold it for the user, or ask again. */
    unknownCalls: z.enum(['hold', 'askAgain']).default('hold'),
    endpoints: z.array(Endpoint).min(1),
    roles: z.partialRecord(Role, RoleBinding),
  })
  .superRefine((recipe, ctx) => {
    const issue = (path: (string | number)[], message: string) => ctx.addIssue({ code: 'custom', path, message });
    const twice = <T>(list: readonly T[]) => list.find((item, i) => list.indexOf(item) !== i);
    if (recipe.stages.includes('learned') && Object.keys(recipe.gates.learned).length === 0)
      issue(['gates', 'learned'], 'the stage learned measures what stands here, for example { dinoOutside: { min: 0.8 } }');
    if (recipe.stages[0] !== 'edit') issue(['stages', 0], 'the first stage must be edit: the others judge its picture');
    const stageTwice = twice(recipe.stages);
    if (stageTwice) issue(['stages'], `${stageTwice} is named twice`);
    const local = recipe.stages.indexOf('localValidator');
    if (local >= 0 && recipe.gates.localValidator.calibration === '')
      issue(['gates', 'localValidator', 'calibration'], 'localValidator needs the name of a calibration: `nhr calibrate` makes one');
    const measured = recipe.stages.indexOf('fullReference');
    if (local >= 0 && (measured < 0 || measured > local))
      issue(['stages', local], 'localValidator needs fullReference before it: that measures what it judges by');
    const growthTwice = twice(recipe.growth);
    if (growthTwice) issue(['growth'], `${growthTwice} is named twice`);
    const inversion = recipe.growth.indexOf('inversion');
    for (const stage of ['composition', 'backwardConsistency'] as const) {
      const at = recipe.growth.indexOf(stage);
      if (at >= 0 && (inversion < 0 || inversion > at)) issue(['growth'], `${stage} needs inversion before it`);
    }
    for (const role of rolesNeeded(recipe)) {
      const binding = recipe.roles[role];
      if (!binding) issue(['roles', role], `no model is bound to ${role}, which this recipe needs`);
      else if (!recipe.endpoints.some((e) => e.id === binding.endpoint))
        issue(['roles', role, 'endpoint'], `no endpoint is called ${binding.endpoint}`);
    }
    const idTwice = twice(recipe.endpoints.map((e) => e.id));
    if (idTwice) issue(['endpoints'], `two endpoints are called ${idTwice}`);
    if (recipe.scenes.from === 'constraints' && recipe.scenes.minObjects > recipe.scenes.maxObjects)
      issue(['scenes', 'minObjects'], 'minObjects is larger than maxObjects');
  });
export type Recipe = z.infer<typeof Recipe>;
export type RecipeInput = z.input<typeof Recipe>;

type RoleChoices = Pick<Recipe, 'scenes' | 'plausibilityGate' | 'stages' | 'growth' | 'composition'>;

/** The roles a recipe makes use of, so that only those must be bound to a model. */
export function rolesNeeded(recipe: RoleChoices): Role[] {
  const real = recipe.scenes.from === 'folder';
  const needs: [Role, boolean][] = [
    ['promptEngineer', recipe.scenes.from === 'constraints'],
    ['textToImage', !real],
    ['plausibilityJudge', recipe.plausibilityGate && !real],
    ['imageEditor', true],
    ['softJudge', recipe.stages.includes('softJudge') || recipe.stages.includes('softChecks')],
    ['validator', recipe.stages.includes('validator') || recipe.growth.includes('backwardConsistency') || recipe.composition.validate],
    ['inverter', recipe.growth.includes('inversion')],
  ];
  return needs.filter(([, needed]) => needed).map(([role]) => role);
}
