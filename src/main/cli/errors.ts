import { AppError, AppErrorCode, ErrorDetails, type WireError } from '../../shared/model/errors.ts';
import { paint, type Style } from './format.ts';

/** Exit codes of `nhr`. */
export const EXIT = { ok: 0, failed: 1, usage: 2, stopped: 130 } as const;

/** A command line that cannot be understood. Exit code 2. */
export class UsageError extends Error {}

/** A command that did its work and has already printed why the answer is no. Exit code 1, nothing more printed. */
export class QuietFailure extends Error {}

/** Any thrown value as an error to print. The client throws the contract's typed error: its code and details are in `data`. */
export function toCliError(error: unknown): WireError {
  if (error instanceof AppError) return { code: error.code, message: error.message, details: error.details };
  if (error instanceof Error && 'data' in error) {
    const details = ErrorDetails.safeParse(error.data);
    const code = AppErrorCode.safeParse((error.data as { code?: unknown } | undefined)?.code);
    if (code.success) return { code: code.data, message: error.message, details: details.data ?? {} };
  }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), details: {} };
}

/** An error as a block: the sentence, where it is, what to do. */
export function errorBlock(error: WireError, style: Style): string[] {
  const { file, line, field, hint } = error.details;
  const where = [file === undefined ? '' : line === undefined ? file : `${file}:${line}`, field ?? ''].filter(Boolean).join('  ');
  return [
    `${paint('red', 'Error:', style)} ${error.message}`,
    ...(where && !(line === undefined && field === undefined && error.message.includes(where)) ? [`  at    ${where}`] : []),
    ...(hint ? [`  hint  ${hint}`] : []),
  ];
}
