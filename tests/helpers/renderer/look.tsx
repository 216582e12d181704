/** The page over the fake engine, to look at: `vite --config tests/helpers/renderer/look.config.ts`. */
import { createRoot } from 'react-dom/client';
import { App } from '../../../src/renderer/app/App.tsx';
import { AppError } from '../../../src/shared/model/errors.ts';
import { aJob, NOW } from './data.ts';
import { fakeCalibration } from './fakeCalibrations.ts';
import { createFakeEngine } from './fakeEngine.ts';
import { fakeDesktop, fakeStudio } from './studio.tsx';

const scene = new URLSearchParams(window.location.search);
const jobs = [
  aJob({
    id: 'job-0',
    kind: 'check',
    title: 'Check of an export',
    state: 'failed',
    message: '2 faults found.',
    target: '/data/out',
    report: [
      { label: 'Rows', value: '1,181 read', ok: true },
      { label: 'Checksums', value: 'all equal', ok: true },
      { label: 'Direction', value: 'every source is the picture before the edit', ok: true },
      { label: 'Missing files', value: '2 faults', ok: false },
      { label: 'train/images/00/image_0000007_edited_1.png', value: 'The file is missing.', ok: false, place: true },
      { label: 'train/metadata.jsonl:12', value: 'The source picture is in no checksum list.', ok: false, place: true },
    ],
  }),
  aJob({
    id: 'job-3',
    kind: 'check',
    title: 'Read an export back',
    message: '412 rows and 655 pictures are as they were written.',
    report: [
      { label: 'Rows', value: '412 read', ok: true },
      { label: 'Sizes', value: 'as the rows say, equal in every pair', ok: true },
      { label: 'Direction', value: 'every source is the picture before the edit', ok: true },
      { label: 'Scores', value: 'all written with a decimal point', ok: true },
    ],
  }),
  aJob(),
  aJob({
    id: 'job-2',
    title: 'Export of 1,181 triplets',
    state: 'running',
    done: 431,
    total: 1181,
    etaSeconds: 74,
    report: [],
    target: '/data/street',
  }),
];
const fake = createFakeEngine(
  scene.has('empty')
    ? { runs: [], triplets: [], jobs: [], unknownCalls: [] }
    : { jobs, calibrations: [fakeCalibration(2), fakeCalibration(1)] },
);
if (scene.has('fail'))
  for (const name of ['runs.list', 'runs.templates', 'runs.survival', 'triplets.page', 'triplets.get', 'triplets.count'])
    fake.fail(
      name,
      new AppError('workspaceCorrupt', 'The database of this workspace cannot be read.', {
        file: 'nhr.db',
        hint: 'Close the app and restore nhr.db from a copy.',
      }),
    );
if (scene.has('hold'))
  for (const name of ['system.snapshot', 'runs.list', 'triplets.page', 'runs.templates', 'runs.progress']) fake.hold(name);
const { studio, setEngine } = fakeStudio(fake, scene.has('web') ? null : fakeDesktop());
if (scene.has('restarting')) setEngine({ state: 'restarting', attempt: 1, error: null });
if (scene.has('broken'))
  setEngine({
    state: 'broken',
    attempt: 3,
    error: { code: 'workspaceLocked', message: 'The workspace is open elsewhere.', details: { hint: 'Close the other window.' } },
  });

Date.now = () => NOW;
createRoot(document.getElementById('root')!).render(<App studio={studio} test={scene.has('still')} />);
