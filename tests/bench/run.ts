/** `npm run bench [NAME...]`: measurements as ratios between alternatives in one run. Exit 1 when a limit is passed. */
import type { BenchLine } from './bench.ts';

type Bench = { run(): Promise<BenchLine[]> };

/** By name, with what each one is about; loaded when wanted. */
const BENCHES: Record<string, { about: string; load(): Promise<Bench> }> = {
  engine: { about: 'what the engine itself costs a candidate, without pixels', load: () => import('./engine.ts') },
  store: { about: 'inserts with counters; a workspace of 3,072,385 attempts', load: () => import('./store.ts') },
  pixels: {
    about: 'the local checks against the decode of their pair, their kernels against other packages',
    load: () => import('./pixels.ts'),
  },
  export: { about: 'tar, Parquet and folder exports against tar, cp and the npm library', load: () => import('./export.ts') },
  http: { about: 'calls with pictures against bare undici: CPU of the client, lag of its loop', load: () => import('./http.ts') },
  scorers: {
    about: 'real pairs, the same with damage, and pairs of other editors: what each profile rejects',
    load: () => import('./scorers.ts'),
  },
  sizes: { about: 'real edits at other sizes, found again in their sources, by half', load: () => import('./sizes.ts') },
  truth: { about: 'precision and recall of every gate on the demo studio', load: () => import('./truth.ts') },
  saving: { about: "judges' calls that a local validator saves on the demo studio", load: () => import('./saving.ts') },
  calibration: { about: 'local validators learned from simulated people', load: () => import('./calibration.ts') },
  screens: {
    about: 'a million triplets in Chromium: first page, jumps, filters, decisions, memory',
    load: () => import(new URL('./screens.ts', import.meta.url).href) as Promise<Bench>,
  },
};

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0 || process.argv.includes('--help')) {
  for (const name of unknown) console.error(`There is no bench called ${name}.`);
  for (const [name, { about }] of Object.entries(BENCHES)) console.log(`  ${name.padEnd(8)} ${about}`);
  process.exit(unknown.length > 0 ? 2 : 0);
}

let bad = 0;
for (const [name, { about, load }] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}: ${about}`);
  const { run } = await load();
  for (const line of await run()) {
    if (!line.ok) bad += 1;
    const value = `${Number(line.value.toPrecision(3))} ${line.unit}`.trim();
    console.log(`${line.ok ? 'ok  ' : 'BAD '} ${line.name.padEnd(64)} ${value.padStart(14)}   ${line.limit}`);
  }
}
process.exit(bad > 0 ? 1 : 0);
