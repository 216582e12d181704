import { type AppError, type AppErrorCode, type ProviderError, toWireError } from '../../../shared/model/errors.ts';
import { LaneClosed } from './lanes.ts';

/**
 * A failed question as code and sentence; errors of the app with one of these codes are such, too. What concerns the workspace itself is
 * thrown on.
 */
export function troubleOf(error: unknown, codes: readonly AppErrorCode[]): { code: string; message: string } {
  if (error instanceof LaneClosed) return { code: error.cause.code, message: error.message };
  const { name, code, message } = error as Partial<ProviderError & AppError>;
  if (name === 'ProviderError') return { code: code ?? 'serverError', message: message ?? '' };
  const wire = toWireError(error);
  if (codes.some((own) => own === wire.code)) return { code: wire.code, message: wire.message };
  throw error;
}
