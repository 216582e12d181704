import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Calibration, CalibrationName, type CalibrationSource } from '../../../shared/model/calibration.ts';
import { AppError } from '../../../shared/model/errors.ts';
import type { Calibrations } from '../ports.ts';
import { createCalibrationExamples } from './calibrationExamples.ts';
import type { StoreContext } from './context.ts';

/** Calibrations of a workspace, one file each: `calibrations/<name>-<number>.json`, written once and never again. */
export interface CalibrationStore extends Calibrations {
  /** Newest first. Files that are no calibration come with what is wrong with them. */
  list(): { found: { id: string; calibration: Calibration; hash: string }[]; broken: { file: string; problem: string }[] };
  /** Writes under the next free number of its name; gives the id. */
  add(calibration: Omit<Calibration, 'number'>): string;
  /** Takes over the bytes of a file from elsewhere, under the next free number of its name. AppError inputInvalid names what is wrong. */
  take(bytes: Uint8Array, file: string): string;
  examples(source: CalibrationSource): ReturnType<ReturnType<typeof createCalibrationExamples>>;
  /** Newest pairs of a run that both a calibration and the validator have scored, with the calibration's id. */
  judgedTwice(
    runId: string,
    most: number,
  ): { local: { adherence: number; aesthetics: number }; judged: { adherence: number; aesthetics: number } }[];
}

const FILE = /^(.+)-(\d+)\.json$/;

export function createCalibrationStore({ db }: StoreContext, workspaceDir: string): CalibrationStore {
  const dir = join(workspaceDir, 'calibrations');
  const read = new Map<string, { calibration: Calibration; hash: string }>();
  const twice = db.prepare(
    `SELECT json_extract(signals, '$.localAdherence') AS la, json_extract(signals, '$.localAesthetics') AS le, adherence, aesthetics
     FROM attempt WHERE run_id = ? AND adherence IS NOT NULL AND json_extract(signals, '$.localAdherence') IS NOT NULL ORDER BY id DESC LIMIT ?`,
  );

  const files = () => (existsSync(dir) ? readdirSync(dir).filter((name) => FILE.test(name)) : []);
  const numbersOf = (name: string) =>
    files().flatMap((file) => {
      const [, base, number] = FILE.exec(file) as unknown as [string, string, string];
      return base === name ? [Number(number)] : [];
    });

  function parsed(bytes: Uint8Array, file: string): Calibration {
    let data: unknown;
    try {
      data = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch {
      throw new AppError('inputInvalid', `${file} is no JSON text.`, { file });
    }
    const { success, data: calibration, error } = Calibration.safeParse(data);
    if (success) return calibration;
    const issue = error.issues[0];
    throw new AppError('inputInvalid', `${file} is no calibration: ${issue?.path.join('.') || 'its content'}: ${issue?.message}.`, {
      file,
    });
  }

  function write(calibration: Omit<Calibration, 'number'>): string {
    mkdirSync(dir, { recursive: true });
    const number = Math.max(0, ...numbersOf(calibration.name)) + 1;
    const id = `${calibration.name}-${number}`;
    // In the order of the schema: taken over under the same number elsewhere it has the same bytes, and so the same hash in verdicts.
    const text = JSON.stringify(Calibration.parse({ ...calibration, number }), null, 1);
    // Never over another one: a run that used it must find the same again.
    writeFileSync(join(dir, `${id}.json`), `${text}\n`, { flag: 'wx', flush: true });
    return id;
  }

  const store: CalibrationStore = {
    resolve(nameOrId) {
      if (existsSync(join(dir, `${nameOrId}.json`)) && FILE.test(`${nameOrId}.json`)) return nameOrId;
      const numbers = CalibrationName.safeParse(nameOrId).success ? numbersOf(nameOrId) : [];
      if (numbers.length > 0) return `${nameOrId}-${Math.max(...numbers)}`;
      const there = files().map((file) => file.replace(/\.json$/, ''));
      throw new AppError('noSuchItem', `There is no calibration ${nameOrId || '(no name)'} in this workspace.`, {
        field: 'gates.localValidator.calibration',
        hint: there.length > 0 ? `There are: ${there.join(', ')}.` : '`nhr calibrate` makes one.',
      });
    },
    read(id) {
      const known = read.get(id);
      if (known) return known;
      const file = join(dir, `${store.resolve(id)}.json`);
      const bytes = readFileSync(file);
      const entry = { calibration: parsed(bytes, file), hash: createHash('sha256').update(bytes).digest('hex') };
      read.set(id, entry);
      return entry;
    },
    list() {
      const found: { id: string; calibration: Calibration; hash: string }[] = [];
      const broken: { file: string; problem: string }[] = [];
      for (const file of files()) {
        const id = file.replace(/\.json$/, '');
        try {
          found.push({ id, ...store.read(id) });
        } catch (error) {
          broken.push({ file: join(dir, file), problem: error instanceof Error ? error.message : String(error) });
        }
      }
      found.sort((a, b) => b.calibration.createdAt - a.calibration.createdAt || b.calibration.number - a.calibration.number);
      return { found, broken };
    },
    add: write,
    take: (bytes, file) => write(parsed(bytes, file)),
    examples: createCalibrationExamples(db),
    judgedTwice: (runId, most) =>
      (twice.all(runId, most) as { la: number; le: number; adherence: number; aesthetics: number }[]).map((row) => ({
        local: { adherence: row.la, aesthetics: row.le },
        judged: { adherence: row.adherence, aesthetics: row.aesthetics },
      })),
  };
  return store;
}
