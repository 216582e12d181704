import type { SceneRecord, SourceRecord, WorkStore } from '../ports.ts';
import { marks, type StoreContext } from './context.ts';
import { insertVerdicts } from './verdicts.ts';

type SourceStore = Pick<WorkStore, 'addScenes' | 'scenes' | 'addSource' | 'sources' | 'reopenSources'>;

/** Scenes with their instructions, and the source images made of them. */
export function createSourceStore(store: StoreContext): SourceStore {
  const { db, writer, counters } = store;
  const insertScene = db.prepare(`INSERT INTO scene (run_id, idx, prompt, style, image_hash, prompt_version) VALUES ${marks(6)}`);
  const insertInstruction = db.prepare(`INSERT INTO instruction (scene_id, idx, text, category) VALUES ${marks(4)}`);
  const scenes = db.prepare('SELECT id, idx, prompt, style, image_hash AS imageHash FROM scene WHERE run_id = ? ORDER BY idx');
  const instructions = db.prepare(
    'SELECT i.scene_id AS sceneId, i.id, i.idx, i.text, i.category FROM instruction i JOIN scene s ON s.id = i.scene_id WHERE s.run_id = ? ORDER BY s.idx, i.idx',
  );
  const insertSource = db.prepare(`INSERT INTO source (run_id, scene_id, idx, seed, state, reason, image_hash) VALUES ${marks(7)}`);
  const sources = db.prepare(
    `SELECT s.id, s.scene_id AS sceneId, s.idx, s.seed, s.state, s.image_hash AS imageHash
     FROM source s JOIN scene c ON c.id = s.scene_id WHERE s.run_id = ? ORDER BY c.idx, s.idx`,
  );
  const remove = db.prepare('DELETE FROM source WHERE run_id = ? AND state = ?');
  const removeVerdicts = db.prepare('DELETE FROM verdict WHERE source_id IN (SELECT id FROM source WHERE run_id = ? AND state = ?)');

  return {
    async addScenes(runId, added) {
      await writer.write(() => {
        for (const scene of added) {
          const { idx, prompt, style, imageHash, promptVersion } = scene;
          const id = insertScene.run(runId, idx, prompt, style, imageHash, promptVersion).lastInsertRowid;
          for (const [i, edit] of scene.instructions.entries()) insertInstruction.run(id, i, edit.text, edit.category);
        }
      }, true);
    },
    scenes(runId) {
      const found = (scenes.all(runId) as Omit<SceneRecord, 'instructions'>[]).map(
        (scene): SceneRecord => ({ ...scene, instructions: [] }),
      );
      const byId = new Map(found.map((scene) => [scene.id, scene]));
      for (const { sceneId, ...item } of instructions.all(runId) as (SceneRecord['instructions'][number] & { sceneId: number })[]) {
        byId.get(sceneId)?.instructions.push(item);
      }
      return found;
    },
    async addSource(runId, source) {
      await writer.write(() => {
        const { sceneId, idx, seed, state, reason, imageHash } = source;
        const id = Number(insertSource.run(runId, sceneId, idx, seed, state, reason, imageHash).lastInsertRowid);
        insertVerdicts(store, { sourceId: id }, source.verdicts);
        counters.bump(runId, `source.${state}`, 1);
        if (imageHash !== null) counters.bump(runId, 'source.generated', 1);
        if (state === 'failed') counters.bump(runId, `error.sources.${reason}`, 1);
      });
    },
    sources: (runId) => sources.all(runId) as SourceRecord[],
    reopenSources(runId, states) {
      return writer.write(() => {
        let reopened = 0;
        for (const state of states) {
          for (const row of db
            .prepare('SELECT reason, image_hash IS NOT NULL AS made FROM source WHERE run_id = ? AND state = ?')
            .all(runId, state) as { reason: string; made: number }[]) {
            counters.bump(runId, `source.${state}`, -1);
            if (row.made) counters.bump(runId, 'source.generated', -1);
            if (state === 'failed') counters.bump(runId, `error.sources.${row.reason}`, -1);
          }
          removeVerdicts.run(runId, state);
          reopened += remove.run(runId, state).changes;
        }
        return reopened;
      }, true);
    },
  };
}
