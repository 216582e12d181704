import type { RejectView } from '../../../../shared/model/rejects.ts';
import { tellRejects } from '../../../app/said/words.ts';
import { useStudio } from '../../../app/studio.tsx';
import { useDecisions } from '../useDecisions.ts';

/** What a reviewer says of rejected candidates, with undo. */
export function useDecideRejects() {
  const { client, engine, queries } = useStudio();
  return useDecisions<RejectView, 'keep' | 'right'>({
    blocks: [engine.rejects.page.key(), engine.rejects.rows.key()],
    detail: (id) => engine.rejects.get.key({ input: { id } }),
    word: (said) => ({ on: 'rejects', ...said }),
    tell: (said) => tellRejects(client, { on: 'rejects', ...said }),
    onStored() {
      void queries.invalidateQueries({ queryKey: engine.rejects.gates.key() });
      void queries.invalidateQueries({ queryKey: engine.triplets.key() });
    },
  });
}
