/** What a chat model is asked, as values. Real providers send the prompt's text; the demo reads the task. */
export type ChatTask =
  | {
      kind: 'design';
      topics: string[];
      styles: string[];
      operations: string[];
      minObjects: number;
      maxObjects: number;
      count: number;
      edits: number;
      composite: boolean;
      batch: number;
      problem: string;
    }
  | { kind: 'plausible'; prompt: string; image: string }
  | { kind: 'scores'; instruction: string; source: string; edited: string }
  | { kind: 'unwantedChange'; instruction: string; source: string; edited: string }
  | { kind: 'pleasing'; instruction: string; source: string; edited: string }
  | { kind: 'invert'; instruction: string; prompt: string }
  | { kind: 'compose'; instructions: string[] };
