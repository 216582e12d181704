import { implement } from '@orpc/server';
import { contract } from '../../../shared/contract.ts';
import { toWireError } from '../../../shared/model/errors.ts';

/** The contract as an implementer sees it; every handler file takes its area from here. */
export const api = implement(contract);

interface WithAppError {
  errors: { APP(options: { message: string; data: ReturnType<typeof dataOf> }): Error };
}

function dataOf(error: unknown) {
  const wire = toWireError(error);
  return { ...wire.details, code: wire.code };
}

/** Runs a handler's one engine call; whatever it throws goes over the wire as the contract's typed error. */
export async function answer<T>({ errors }: WithAppError, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw errors.APP({ message: toWireError(error).message, data: dataOf(error) });
  }
}
