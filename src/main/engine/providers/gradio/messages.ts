import { ProviderError } from '../../../../shared/model/errors.ts';
import type { Clock, WaitInfo } from '../../ports.ts';
import { shortRaw } from '../http.ts';

/** What the queue says on its stream (gradio/server_messages.py); further kinds (log, heartbeat, ...) are passed over. */
export interface QueueMessage {
  msg: string;
  event_id?: string | null;
  /** estimation */
  rank?: number | null;
  rank_eta?: number | null;
  /** process_starts */
  eta?: number | null;
  /** progress */
  progress_data?: { index?: number | null; length?: number | null; progress?: number | null }[];
  /** process_completed */
  success?: boolean;
  output?: { data?: unknown; error?: unknown; duration?: number };
  title?: string | null;
  /** unexpected_error */
  message?: string;
  session_not_found?: boolean;
}

/** The server sends a heartbeat every 15 s (gradio/utils.py); a stream silent for longer than this is dead. */
export const SILENCE_MS = 60_000;

/** Messages of a server-sent event stream, to its end. Throws ProviderError network when it falls silent or is cut. */
export async function* readMessages(reply: Response, where: string, clock: Clock, signal: AbortSignal): AsyncGenerator<QueueMessage> {
  if (!reply.body) return;
  const reader = reply.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await beforeSilence(reader.read(), where, clock, signal);
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const lines = text.split(/\r?\n/);
      text = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('data:')) yield parseMessage(line.slice(5), where);
    }
  } finally {
    // Closes the connection when the reader stops early; after an error there is nothing left to close.
    await reader.cancel().catch(() => undefined);
  }
}

async function beforeSilence<T>(read: Promise<T>, where: string, clock: Clock, signal: AbortSignal): Promise<T> {
  const stop = new AbortController();
  const silence = clock.sleep(SILENCE_MS, AbortSignal.any([stop.signal, signal])).then(() => {
    throw new ProviderError('network', `${where} has said nothing for ${SILENCE_MS / 1000} s, not even its heartbeat.`);
  });
  silence.catch(() => undefined);
  try {
    return await Promise.race([read, silence]);
  } finally {
    stop.abort();
    read.catch(() => undefined);
  }
}

function parseMessage(json: string, where: string): QueueMessage {
  try {
    const message = JSON.parse(json) as QueueMessage;
    if (typeof message?.msg === 'string') return message;
  } catch {
    // Named below, together with JSON of another form.
  }
  throw new ProviderError('badOutput', `${where} sent a queue message that cannot be read.`, { raw: shortRaw(json), answered: true });
}

/** Queue messages as what a screen shows; undefined for those that say nothing about waiting. */
export function waitOf(message: QueueMessage): WaitInfo | undefined {
  if (message.msg === 'estimation' && typeof message.rank === 'number')
    // Gradio counts from 0 = next; one is being worked on before it.
    return { rank: message.rank + 1, etaSeconds: message.rank_eta ?? null, fraction: null };
  if (message.msg === 'process_starts') return { rank: 0, etaSeconds: message.eta ?? null, fraction: null };
  if (message.msg === 'progress') return { rank: 0, etaSeconds: null, fraction: fractionOf(message.progress_data) };
  return undefined;
}

function fractionOf(units: QueueMessage['progress_data']): number | null {
  // The innermost progress bar is the last one.
  const unit = units?.at(-1);
  if (!unit) return null;
  const share = unit.progress ?? (unit.length ? (unit.index ?? 0) / unit.length : null);
  return share === null ? null : Math.min(Math.max(share, 0), 1);
}

/**
 * The failure of a function as one of our errors. Without show_error in the app, or gr.Error in the function, every exception
 * arrives as {error: null}: out of GPU memory is the usual one.
 */
export function functionError(output: QueueMessage['output'], name: string, where: string): ProviderError {
  const said = typeof output?.error === 'string' ? output.error.replace(/^'(.*)'$/s, '$1') : '';
  if (said === '')
    return new ProviderError(
      'serverError',
      `${where} failed in ${name} without saying why. Often its GPU is out of memory: look into its log, or start it with show_error=True.`,
    );
  const raw = shortRaw(said);
  const message = `${where} failed in ${name}: ${shortRaw(said)}`;
  if (/quota/i.test(said)) return new ProviderError('quotaExhausted', message, { raw, ...retryIn(said) });
  if (/queue is full|too many requests|too busy/i.test(said)) return new ProviderError('overloaded', message, { raw });
  if (/nsfw|safety|content policy|inappropriate/i.test(said)) return new ProviderError('refused', message, { raw });
  if (/(greater|less) than (the )?(maximum|minimum)|not in the list of choices/i.test(said))
    return new ProviderError('badRequest', message, { raw });
  return new ProviderError('serverError', message, { raw });
}

/** Spaces on shared GPUs say "Try again in 0:10:30". */
function retryIn(text: string): { retryAfterMs?: number } {
  const [, hours, minutes, seconds] = /try again in (\d+):(\d\d):(\d\d)/i.exec(text) ?? [];
  if (hours === undefined) return {};
  return { retryAfterMs: (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000 };
}
