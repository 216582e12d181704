/** A tuned model of Vertex AI is asked for by the name of its endpoint, which says nothing of the model behind it. */
const TUNED = /^projects\/[^/]+\/locations\/[^/]+\/endpoints\//;

/**
 * Whether another model answered than was asked. A dated or numbered snapshot of the model asked (gpt-x-2026-01-31, gemini-x-001) is
 * that model; a server that tells no name tells nothing.
 */
export function isOtherModel(asked: string, answered: string): boolean {
  if (answered === '' || answered === asked || TUNED.test(asked)) return false;
  return !(answered.startsWith(`${asked}-`) && /^[\d-]+$/.test(answered.slice(asked.length + 1)));
}
