import { oc } from '@orpc/contract';
import { AppErrorCode, ErrorDetails } from '../model/errors.ts';

/** Every call can fail with an app error, sent as data: code, sentence, where to look. */
export const call = oc.errors({
  APP: { data: errorData() },
});

function errorData() {
  return ErrorDetails.extend({ code: AppErrorCode });
}
