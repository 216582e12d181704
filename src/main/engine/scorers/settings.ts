import { ScorerSettings } from '../../../shared/model/scorers.ts';
import { readMachineFile, writeMachineFile } from './machine.ts';

const FILE = 'settings.json';

/** Settings of this machine; what is not there, or damaged, is as it was delivered. */
export async function readSettings(dir: string): Promise<ScorerSettings> {
  const kept = ScorerSettings.safeParse((await readMachineFile(dir, FILE)) ?? {});
  return kept.success ? kept.data : ScorerSettings.parse({});
}

export async function writeSettings(dir: string, settings: ScorerSettings): Promise<void> {
  await writeMachineFile(dir, FILE, settings);
}
