import { ORPCError } from '@orpc/client';
import { AppError, AppErrorCode, ErrorDetails, type WireError } from '../../shared/model/errors.ts';

const Data = ErrorDetails.extend({ code: AppErrorCode });

/** Any failure of a call as code, sentence and details. */
export function readError(error: unknown): WireError {
  if (error instanceof AppError) return { code: error.code, message: error.message, details: error.details };
  if (error instanceof ORPCError) {
    const data = Data.safeParse(error.data);
    if (data.success) {
      const { code, ...details } = data.data;
      return { code, message: error.message, details };
    }
  }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), details: {} };
}
