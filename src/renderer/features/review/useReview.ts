import type { Scores } from '../../../shared/model/attempt.ts';
import type { TripletView } from '../../../shared/model/triplet.ts';
import { useSaid } from '../../app/said/useSaid.ts';
import { tellTriplets } from '../../app/said/words.ts';
import { useStudio } from '../../app/studio.tsx';
import { useDecisions } from './useDecisions.ts';

export type Review = ReturnType<typeof useReview>;

/** What a reviewer says of triplets: decisions with undo, better wordings, ratings. */
export function useReview() {
  const { client, queries, engine, live } = useStudio();
  const { put, error, ...decisions } = useDecisions<TripletView, 'accept' | 'reject'>({
    blocks: [engine.triplets.page.key(), engine.triplets.rows.key()],
    detail: (id) => engine.triplets.get.key({ input: { id } }),
    showElsewhere: (change) => live.setState((state) => ({ recent: state.recent.map(change) })),
    word: (said) => ({ on: 'triplets', ...said }),
    tell: (said) => tellTriplets(client, { on: 'triplets', ...said }),
    onStored: () => void queries.invalidateQueries({ queryKey: engine.triplets.count.key() }),
  });
  const correct = useSaid({
    scope: { id: 'decide' },
    word: (input: { id: number; instruction: string }) => ({ on: 'instruction', ...input }),
    mutationFn: (input) => client.triplets.correct(input),
    onSuccess: (triplet) => put([triplet]),
  });
  const rate = useSaid({
    scope: { id: 'decide' },
    word: (input: { id: number; scores: Scores | null }) => ({ on: 'rating', ...input }),
    mutationFn: (input) => client.triplets.rate(input),
    onSuccess: (detail) => queries.setQueryData(engine.triplets.get.queryKey({ input: { id: detail.id } }), detail),
  });
  return { ...decisions, correct: correct.mutate, rate: rate.mutate, error: error ?? correct.error ?? rate.error };
}
