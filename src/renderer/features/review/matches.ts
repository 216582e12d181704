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
    scored(triplet, filter) &&
    (filter.style === undefined || triplet.style === filter.style) &&
    (filter.tag === undefined || triplet.tags.includes(filter.tag)) &&
    (filter.aspect === undefined || aspectOf(triplet) === filter.aspect) &&
    (filter.remarked === undefined || isRemarked(triplet) === filter.remarked) &&
    (text === undefined || [triplet.instruction, triplet.corrected ?? ''].some((said) => said.toLowerCase().includes(text.toLowerCase())))
  );
}

function scored({ geometric, scores }: TripletView, filter: TripletFilter): boolean {
  const within = (value: number | null | undefined, min: number | undefined, max: number | undefined) =>
    (min === undefined || (value ?? 0) >= min) && (max === undefined || (value != null && value <= max));
  return (
    within(geometric, undefined, filter.maxGeometric) &&
    within(scores?.adherence, filter.minAdherence, filter.maxAdherence) &&
    within(scores?.aesthetics, filter.minAesthetics, filter.maxAesthetics)
  );
}

function aspectOf({ width, height }: TripletView): TripletFilter['aspect'] {
  return width === height ? 'square' : width > height ? 'landscape' : 'portrait';
}

function isRemarked({ tags, note, corrected }: TripletView): boolean {
  return tags.length > 0 || note !== '' || corrected !== null;
}
