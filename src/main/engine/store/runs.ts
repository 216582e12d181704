import { z } from 'zod';
import { AppError, WireError } from '../../../shared/model/errors.ts';
import { Recipe } from '../../../shared/model/recipe.ts';
import type { RunEnd, RunPhase, RunState } from '../../../shared/model/run.ts';
import type { RunRecord, RunStore } from '../ports.ts';
import { marks, type StoreContext } from './context.ts';

interface RunRow {
  id: string;
  name: string;
  recipe: string;
  recipe_yaml: string;
  base_dir: string;
  demo: number;
  state: RunState;
  phase: RunPhase;
  end_reason: RunEnd | null;
  error: string | null;
  job_space: number | null;
  cursor: string;
  wall_ms: number;
  created_at: number;
  updated_at: number;
}

const StoredCursor = z.record(z.string(), z.number());

/** Stored JSON is parsed like anything from outside: another version of the app, or a hand, may have written it. */
function parseStored<T>(row: RunRow, field: string, shape: z.ZodType<T>, text: string): T {
  try {
    return shape.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError('recipeInvalid', `The stored ${field} of run ${row.name} (${row.id}) cannot be read: ${(error as Error).message}`, {
      field,
    });
  }
}

/** Runs: their recipes, states and positions. */
export function createRunStore({ db, writer, counters, now }: StoreContext): RunStore {
  const one = db.prepare('SELECT * FROM run WHERE id = ?');
  const all = db.prepare('SELECT * FROM run ORDER BY created_at DESC, id');
  const insert = db.prepare(
    `INSERT INTO run (id, name, recipe, recipe_yaml, base_dir, demo, state, phase, end_reason, error, job_space, created_at, updated_at) VALUES ${marks(13)}`,
  );
  const setPhase = db.prepare('UPDATE run SET phase = ?, job_space = COALESCE(?, job_space), updated_at = ? WHERE id = ?');
  const setRecipe = db.prepare('UPDATE run SET recipe = ?, updated_at = ? WHERE id = ?');
  const addWall = db.prepare('UPDATE run SET wall_ms = wall_ms + ? WHERE id = ?');
  // Recipes are large next to the rest and never change but by setRecipe; parsing one at every progress tick would cost.
  const recipes = new Map<string, { text: string; recipe: Recipe }>();

  function recipeOf(row: RunRow): Recipe {
    const known = recipes.get(row.id);
    if (known?.text === row.recipe) return known.recipe;
    const recipe = parseStored(row, 'recipe', Recipe, row.recipe);
    recipes.set(row.id, { text: row.recipe, recipe });
    return recipe;
  }

  function recordOf(row: RunRow): RunRecord {
    return {
      id: row.id,
      name: row.name,
      recipe: recipeOf(row),
      recipeYaml: row.recipe_yaml,
      baseDir: row.base_dir,
      demo: row.demo === 1,
      state: row.state,
      phase: row.phase,
      end: row.end_reason,
      error: row.error === null ? null : parseStored(row, 'error', WireError, row.error),
      jobSpace: row.job_space,
      cursor: parseStored(row, 'cursor', StoredCursor, row.cursor),
      wallMs: row.wall_ms,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
  }

  return {
    async create(run) {
      const error = run.error === null ? null : JSON.stringify(run.error);
      const values = [
        run.id,
        run.name,
        JSON.stringify(run.recipe),
        run.recipeYaml,
        run.baseDir,
        run.demo ? 1 : 0,
        run.state,
        run.phase,
        run.end,
        error,
        run.jobSpace,
      ];
      await writer.write(() => insert.run(...values, run.createdAt, run.createdAt), true);
    },
    get(id) {
      const row = one.get(id) as RunRow | undefined;
      return row && recordOf(row);
    },
    list: () => (all.all() as RunRow[]).map(recordOf),
    transition(id, from, to, more = {}) {
      const set = db.prepare(
        `UPDATE run SET state = ?, end_reason = ?, error = ?, updated_at = ? WHERE id = ? AND state IN ${marks(from.length)}`,
      );
      const error = more.error ? JSON.stringify(more.error) : null;
      return writer.write(() => set.run(to, more.end ?? null, error, now(), id, ...from).changes === 1, true);
    },
    async setPhase(id, phase, jobSpace) {
      await writer.write(() => setPhase.run(phase, jobSpace ?? null, now(), id), true);
    },
    async setRecipe(id, recipe) {
      await writer.write(() => setRecipe.run(JSON.stringify(recipe), now(), id), true);
    },
    async addWall(id, ms) {
      await writer.write(() => addWall.run(Math.round(ms), id));
    },
    count: (id, name, by) => writer.write(() => counters.bump(id, name, by)),
    setCount: (id, name, value) => writer.write(() => counters.set(id, name, value), true),
    counters: (id) => counters.read(id),
  };
}
