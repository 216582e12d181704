import type { EngineParts } from '../compose.ts';
import { api } from './answer.ts';
import { auditHandlers } from './audits.ts';
import { calibrationHandlers } from './calibrations.ts';
import { editHandlers } from './edit.ts';
import { endpointHandlers } from './endpoints.ts';
import { rejectHandlers } from './rejects.ts';
import { runHandlers } from './runs.ts';
import { scorerHandlers } from './scorers.ts';
import { systemHandlers } from './system.ts';
import { transferHandlers } from './transfer.ts';
import { tripletHandlers } from './triplets.ts';

/** Every call of the contract, answered by these parts. A call without a handler does not compile. */
export function createRouter(parts: EngineParts) {
  return api.router({
    system: systemHandlers(parts),
    runs: runHandlers(parts),
    triplets: tripletHandlers(parts),
    transfer: transferHandlers(parts),
    endpoints: endpointHandlers(parts),
    edit: editHandlers(parts),
    scorers: scorerHandlers(parts),
    calibrations: calibrationHandlers(parts),
    rejects: rejectHandlers(parts),
    audits: auditHandlers(parts),
  });
}
