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
    message: 'Two pictures are missing.',
    target: '/data/out',
    report: [{ label: 'Missing pictures', value: '2', ok: false }],
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
