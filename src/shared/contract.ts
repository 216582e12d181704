import type { ContractRouterClient } from '@orpc/contract';
import { audits } from './contract/audits.ts';
import { calibrations } from './contract/calibrations.ts';
import { edit } from './contract/edit.ts';
import { endpoints } from './contract/endpoints.ts';
import { rejects } from './contract/rejects.ts';
import { runs } from './contract/runs.ts';
import { scorers } from './contract/scorers.ts';
import { system } from './contract/system.ts';
import { transfer } from './contract/transfer.ts';
import { triplets } from './contract/triplets.ts';

/** Everything a screen, a terminal or a test may ask of the engine. */
export const contract = { system, runs, triplets, transfer, endpoints, edit, scorers, calibrations, rejects, audits };

/** The typed client of the contract, over any transport. */
export type EngineClient = ContractRouterClient<typeof contract>;
