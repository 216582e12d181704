import { z } from 'zod';
import { AttemptView } from '../model/attempt.ts';
import { RunComparison } from '../model/comparison.ts';
import { Estimate } from '../model/estimate.ts';
import { Budget, StageName } from '../model/recipe.ts';
import { DifficultyRow, RunProgress, RunSummary, SurvivalCurve, UnknownCall } from '../model/run.ts';
import { RunSeries } from '../model/series.ts';
import { TripletKind, TripletView } from '../model/triplet.ts';
import { GateData } from '../model/whatIf.ts';
import { call } from './base.ts';

const RunId = z.object({ runId: z.string() });
/** `baseDir`: the folder that relative paths in the recipe start from; the workspace when not given. */
const RecipeText = z.object({ yaml: z.string(), baseDir: z.string().optional() });
const FieldIssue = z.object({ path: z.string(), message: z.string(), line: z.number().int().nullable() });

/** What a recipe will mean before it is started. */
export const RecipeCheck = z.object({
  issues: z.array(FieldIssue),
  /** Null while there are issues. Scenes of a file or folder are counted by reading it. */
  plan: z
    .object({
      name: z.string(),
      scenes: z.number().int(),
      sources: z.number().int(),
      /** Most jobs there can be: sources x instructions x M, before the plausibility gate. */
      jobSpace: z.number().int(),
      /** Attempts that the budget lets through. */
      attempts: z.number().int(),
      /** No more than this will be spent: the worst price of everything, cut by the budget. */
      usdBound: z.number(),
      /** What will probably come of it. */
      estimate: Estimate,
      demo: z.boolean(),
      stages: z.array(z.string()),
      /** What one should know before starting, such as an endpoint without prices. */
      notes: z.array(z.string()),
    })
    .nullable(),
});
export type RecipeCheck = z.infer<typeof RecipeCheck>;

const Template = z.object({ id: z.string(), title: z.string(), about: z.string(), yaml: z.string(), own: z.boolean() });

export const runs = {
  /** The recipes that come with the app, then the user's own of this workspace, as YAML text. */
  templates: call.output(z.array(Template)),
  /** Keeps a recipe as a template of one's own; one of the same title is replaced. */
  saveTemplate: call.input(z.object({ title: z.string().max(120), about: z.string().max(400), yaml: z.string() })).output(Template),
  removeTemplate: call.input(z.object({ id: z.string() })).output(z.object({})),
  /** Parses a recipe and says its size and cost bound; never throws for a bad recipe. */
  check: call.input(RecipeText).output(RecipeCheck),
  start: call.input(RecipeText).output(RunSummary),
  list: call.output(z.array(RunSummary)),
  progress: call.input(RunId).output(RunProgress),
  /** The text it was started with, and the budget it has now (raising one does not rewrite the text). */
  recipe: call.input(RunId).output(z.object({ yaml: z.string(), budget: Budget.optional() })),
  pause: call.input(RunId).output(RunSummary),
  /** Continues a paused, interrupted or ended run; a given budget replaces the run's own; `askAgain` sends held unknown calls again. */
  resume: call.input(RunId.extend({ budget: Budget.optional(), askAgain: z.boolean().optional() })).output(RunSummary),
  cancel: call.input(RunId).output(RunSummary),
  survival: call.input(RunId).output(SurvivalCurve),
  difficulty: call.input(RunId).output(z.array(DifficultyRow)),
  /** Calls and attempts over time, merged into few stretches. */
  series: call.input(RunId).output(RunSeries),
  /** What the gates of a run could have been, for moving them on screen. */
  gates: call.input(RunId).output(GateData),
  /** Why candidates were rejected, most frequent first. */
  reasons: call.input(RunId).output(z.array(z.object({ stage: StageName, reason: z.string(), count: z.number().int() }))),
  compare: call.input(z.object({ a: z.string(), b: z.string() })).output(RunComparison),
  /** Newest accepted triplets of a run, of one kind or, when none is given, of every kind with different sources first. */
  latest: call.input(RunId.extend({ limit: z.number().int().min(1).max(100), kind: TripletKind.optional() })).output(z.array(TripletView)),
  /** Attempts newest first; pass the last id seen to go on. */
  attempts: call
    .input(
      RunId.extend({
        state: z.string().optional(),
        stage: z.string().optional(),
        before: z.number().int().optional(),
        limit: z.number().int().min(1).max(500),
      }),
    )
    .output(z.object({ items: z.array(AttemptView), next: z.number().int().nullable() })),
  /** One hash over the run's set: sorted rows and pictures, times left out. The same set gives the same hash. */
  datasetHash: call.input(RunId).output(z.object({ hash: z.string(), triplets: z.number().int() })),
  unknownCalls: call.output(z.array(UnknownCall)),
};
