import type { Role } from '../../../shared/model/provider.ts';
import type { Recipe } from '../../../shared/model/recipe.ts';

/** Calls of a role: those for attempts, and those before and after. */
export interface RoleWork {
  role: Role;
  parts: { attempts: number; others: number };
  secondsPerCall: number | null;
}

/** Roles by the phase their other calls belong to; each phase waits for the one before. */
const PHASES: readonly (readonly Role[])[] = [['promptEngineer'], ['textToImage', 'plausibilityJudge'], ['inverter', 'validator']];

/**
 * Seconds that the calls of a run take: phase after phase, each as long as its fullest endpoint is busy at its concurrency, and no
 * shorter than all its calls in a row over the attempts that are worked on at once. Null while a speed that counts is not known.
 */
export function wallSeconds(recipe: Recipe, work: readonly RoleWork[]): number | null {
  const phase = (calls: (role: RoleWork) => number): number | null => {
    const busy = new Map<string, number>();
    let sum = 0;
    for (const role of work) {
      const n = calls(role);
      if (n === 0) continue;
      if (role.secondsPerCall === null) return null;
      const seconds = n * role.secondsPerCall;
      const endpoint = recipe.roles[role.role]?.endpoint ?? '';
      busy.set(endpoint, (busy.get(endpoint) ?? 0) + seconds);
      sum += seconds;
    }
    const lanes = [...busy].map(([id, seconds]) => seconds / (recipe.endpoints.find((endpoint) => endpoint.id === id)?.concurrency ?? 1));
    return Math.max(sum / recipe.concurrency, ...lanes, 0);
  };
  const phases = [
    ...PHASES.map((roles) => phase((role) => (roles.includes(role.role) ? role.parts.others : 0))),
    phase((role) => role.parts.attempts),
  ];
  return phases.some((seconds) => seconds === null) ? null : phases.reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0);
}
