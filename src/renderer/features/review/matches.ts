import type { TripletFilter, TripletView } from '../../../shared/model/triplet.ts';

/** Whether a triplet would be on a filtered page. Only for the notice of new ones: the engine's own answer is what is shown. */
export function matches(triplet: TripletView, filter: TripletFilter): boolean {
  const { runId, kinds, states, category, minGeometric, decision, text } = filter;
  return (
    (runId === undefined || triplet.runId === runId) &&
    (kinds === undefined || kinds.includes(triplet.kind)) &&
    (states === undefined || states.includes(triplet.state)) &&
    (category === undefined || triplet.category === category) &&
    (minGeometric === undefined || (triplet.geometric ?? 0) >= minGeometric) &&
    (decision === undefined || (triplet.decision ?? 'none') === decision) &&
    (text === undefined || triplet.instruction.toLowerCase().includes(text.toLowerCase()))
  );
}
