/** One measured figure against what it must not pass. */
export interface BenchLine {
  name: string;
  value: number;
  unit: string;
  /** In words, e.g. "<= 0.5". */
  limit: string;
  ok: boolean;
}
