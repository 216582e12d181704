import { type Recipe, StageName } from '../../../shared/model/recipe.ts';
import type { FunnelRow } from '../../../shared/model/run.ts';

type Key = FunnelRow['key'];

const LABELS: Record<Key, string> = {
  generated: 'Images generated',
  plausible: 'After the plausibility gate',
  edits: 'Edits made',
  lowLevel: 'After the low-level check',
  fullReference: 'After the full-reference check',
  textCheck: 'After the check of text',
  learned: 'After the learned scorers',
  localValidator: 'After the local validator',
  softJudge: 'After the soft judge',
  softChecks: 'After the yes/no checks',
  validator: 'After the hard validator',
  selection: 'Best per <source, instruction>',
  inversion: 'With inversions',
  composition: 'With compositions',
  backwardConsistency: 'After backward consistency',
};

/**
 * The rows of the paper's table 2 for one run: the stages it has on, in its own order, from its counters. `change` is null
 * where there is nothing to compare with: the first row, a row after zero, and the stages after the attempts while they
 * have not run (their counter is not there yet).
 */
export function funnelRows(
  counters: ReadonlyMap<string, number>,
  recipe: Pick<Recipe, 'scenes' | 'plausibilityGate' | 'stages' | 'growth'>,
): FunnelRow[] {
  const real = recipe.scenes.from === 'folder';
  const rows: [Key, string][] = [['generated', 'source.generated']];
  if (recipe.plausibilityGate && !real) rows.push(['plausible', 'source.passed']);
  for (const stage of recipe.stages) rows.push([stage === 'edit' ? 'edits' : stage, `survived.${stage}`]);
  for (const stage of ['selection', ...recipe.growth] as const) rows.push([stage, `funnel.${stage}`]);

  let before: number | null = null;
  return rows.map(([key, name]) => {
    const count = counters.get(name) ?? 0;
    const pending = name.startsWith('funnel.') && !counters.has(name);
    const change = pending || before === null || before === 0 ? null : count / before - 1;
    before = count;
    return { key, label: real && key === 'generated' ? 'Images read' : LABELS[key], count, change };
  });
}

/** Why candidates, sources and scenes were rejected, out of a run's counters; most frequent first. */
export function rejectReasons(counters: ReadonlyMap<string, number>): { stage: StageName; reason: string; count: number }[] {
  const rows = [...counters].flatMap(([name, count]) => {
    const [kind, stage, ...reason] = name.split('.');
    const known = StageName.safeParse(stage);
    return kind === 'reject' && known.success && count > 0 ? [{ stage: known.data, reason: reason.join('.'), count }] : [];
  });
  return rows.sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}
