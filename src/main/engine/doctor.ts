import { statfs } from 'node:fs/promises';
import type { DoctorLine } from '../../shared/contract/system.ts';
import { toWireError } from '../../shared/model/errors.ts';
import type { EngineParts } from './compose.ts';

/** Free disk space under which a long run is likely to stop for want of room. */
const LOW_DISK_BYTES = 2 * 1024 ** 3;

/** Looks at everything a run needs on this machine and says what would be wrong. */
export async function inspectHealth({ workspace, pixels, scorers, version }: EngineParts): Promise<DoctorLine[]> {
  const lines: DoctorLine[] = [];
  const look = async (check: string, work: () => Promise<{ ok: boolean; message: string; hint?: string }>) => {
    try {
      const { ok, message, hint = '' } = await work();
      lines.push({ check, ok, message, hint });
    } catch (error) {
      const { message, details } = toWireError(error);
      lines.push({ check, ok: false, message, hint: details.hint ?? '' });
    }
  };
  const major = Number(process.versions.node.split('.')[0]);
  await look('engine', async () => ({
    ok: major >= 24,
    message: `NHR Studio ${version} on Node ${process.versions.node}`,
    hint: major >= 24 ? '' : 'Node 24 is needed.',
  }));
  await look('workspace', async () => {
    const { triplets, unknownCalls, schemaVersion } = workspace.screens.totals();
    const message = `${workspace.dir}: version ${schemaVersion}, ${triplets} triplets, ${unknownCalls} unknown calls`;
    return { ok: unknownCalls === 0, message, hint: unknownCalls === 0 ? '' : 'Resume the run with --ask-again, or leave them.' };
  });
  await look('disk', async () => {
    const { bavail, bsize } = await statfs(workspace.dir);
    const free = bavail * bsize;
    return {
      ok: free > LOW_DISK_BYTES,
      message: `${(free / 1024 ** 3).toFixed(1)} GiB free`,
      hint: free > LOW_DISK_BYTES ? '' : 'A megapixel pair takes about half a megabyte.',
    };
  });
  await look('pictures', async () => {
    // A 1x1 PNG through the worker: proves thread, decoder and native library.
    const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJggg==', 'base64');
    const { width, height, format } = await pixels.inspect(png);
    return { ok: width === 1 && height === 1, message: `the picture worker reads ${format}` };
  });
  await look('local models', async () => {
    const { chosen, trials, runtime } = await scorers.choice();
    const mine = trials.find((trial) => trial.provider === chosen);
    const ready = (await scorers.models.list()).filter((card) => card.state === 'ready').map((card) => card.title);
    const here = `Text is read by models that come with the app. ${ready.length > 0 ? `Fetched: ${ready.join(', ')}.` : 'Others can be fetched: nhr models.'}`;
    const reasons = trials.filter((trial) => trial.reason !== '').map((trial) => trial.reason);
    return {
      // Without a GPU everything works, only slower.
      ok: mine?.ok === true,
      message: `ONNX Runtime ${runtime} on ${chosen}${mine?.ms ? `, ${mine.ms.toFixed(0)} ms a small pair` : ''}`,
      hint: mine?.ok === true ? [...reasons, here].join(' ').trim() : 'Local models cannot be run: install the packages again (npm ci).',
    };
  });
  return lines;
}
