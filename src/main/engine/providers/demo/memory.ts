/** What the demo studio keeps between calls. The store implements both; the judges are given the first only. */

/** What each picture is meant to show, by SHA-256 of its bytes. The intention, never what went wrong. */
export interface DemoMemory {
  sceneOf(imageHash: string): string | undefined;
  remember(imageHash: string, scene: string): Promise<void>;
}

/** The ground truth, written once and read by nothing but the truth table. */
export interface DemoTruthWriter {
  record(imageHash: string, truth: string): Promise<void>;
}

/** One truth record. `mistake` is null for a picture that is what it should be; `strength` is 0 then, else in (0, 1]. */
export interface Truth {
  kind: 'source' | 'edit';
  mistake: string | null;
  good: boolean;
  /** The category of an edit; empty for a source. */
  op: string;
  strength: number;
}
