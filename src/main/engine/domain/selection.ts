import { geometricScore, type Scores } from '../../../shared/model/attempt.ts';

export interface Candidate {
  attemptId: number;
  scores: Scores | null;
  tryIndex: number;
}

/**
 * The best candidate of one <source, instruction>: argmax of the geometric score (paper, algorithm 1c). Equal scores go to
 * the earlier try, so the order of completion never matters. Candidates nobody scored rank below every scored one.
 */
export function selectWinner<T extends Candidate>(candidates: readonly T[]): T | null {
  let winner: T | null = null;
  for (const candidate of candidates) if (!winner || isBetter(candidate, winner)) winner = candidate;
  return winner;
}

function isBetter(a: Candidate, b: Candidate): boolean {
  const scoreA = a.scores ? geometricScore(a.scores) : -1;
  const scoreB = b.scores ? geometricScore(b.scores) : -1;
  if (scoreA !== scoreB) return scoreA > scoreB;
  return a.tryIndex !== b.tryIndex ? a.tryIndex < b.tryIndex : a.attemptId < b.attemptId;
}
