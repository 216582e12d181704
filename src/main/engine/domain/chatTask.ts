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

/** A question as it is put to a model. */
export interface Prompt {
  text: string;
  /** Stored beside every verdict; changes whenever the words do. */
  version: string;
  /** The form of a JSON reply, for servers that can be held to one; null when the reply is a word or a sentence. */
  schema: JsonSchema | null;
}

/** A JSON Schema in the subset that OpenAI (strict), Gemini and vLLM share: every property required, no further ones. */
export interface JsonSchema {
  name: string;
  schema: Record<string, unknown>;
}
