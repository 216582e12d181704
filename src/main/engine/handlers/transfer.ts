import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { EXPORT_FORMATS, ExportOptions } from '../../../shared/model/export.ts';
import type { GateProfile, SizeMismatch } from '../../../shared/model/gates.ts';
import { LowLevelGate } from '../../../shared/model/recipe.ts';
import type { EngineParts } from '../compose.ts';
import { checkExport } from '../transfer/checkExport.ts';
import { exportSet } from '../transfer/export/exportSet.ts';
import { nearestFolder, neededBytes } from '../transfer/export/space.ts';
import { freeBytes } from '../transfer/files.ts';
import { formatOf } from '../transfer/formats/index.ts';
import { IMPORTERS, importerOf } from '../transfer/import/index.ts';
import { previewImport } from '../transfer/import/preview.ts';
import { runImport } from '../transfer/import/runImport.ts';
import {
  checkJobResult,
  exportJobResult,
  importJobResult,
  scoreImportedJobResult,
  scoreJobResult,
  uploadJobResult,
} from '../transfer/jobResults.ts';
import { scoreImported } from '../transfer/scoreImported.ts';
import { scorePairs } from '../transfer/scorePairs.ts';
import { createHub } from '../transfer/upload/hub.ts';
import { uploadExport } from '../transfer/upload/uploadExport.ts';
import { answer, api } from './answer.ts';

const JUDGED_AT_ONCE = 32;

/** Exports, their read-back, and scoring of existing pairs: jobs that go on when the page closes. */
export function transferHandlers({ jobs, workspace, transferDeps, http, keys, version, now }: EngineParts) {
  const startCheck = (dir: string) =>
    jobs.start('check', 'Read an export back', dir, async ({ signal, progress }) =>
      checkJobResult(await checkExport(transferDeps.check, dir, progress, signal)),
    );
  return {
    startExport: api.transfer.startExport.handler((ctx) =>
      answer(ctx, () => {
        const { format, dir: asked, verify, ...options } = ctx.input;
        const dir = asked.trim() === '' ? defaultFolder(workspace.dir, format, now()) : resolve(asked);
        return jobs.start('export', `Export: ${EXPORT_FORMATS[format].title}`, dir, async ({ signal, progress }) => {
          const report = await exportSet(transferDeps.export, { format, dir, options, toolVersion: version }, progress, signal);
          if (verify) startCheck(dir);
          return exportJobResult(report);
        });
      }),
    ),
    estimateExport: api.transfer.estimateExport.handler((ctx) =>
      answer(ctx, async () => {
        const { format, dir, filter: asked } = ctx.input;
        const filter = { ...asked, states: asked.states ?? ['active' as const] };
        const rows = workspace.screens.countTriplets(filter).count;
        const pictureBytes = Math.round(rows * workspace.exports.pictureBytesPerRow(filter));
        const [there, here] = await Promise.all([
          nearestFolder(dir.trim() === '' ? workspace.dir : resolve(dir)),
          nearestFolder(workspace.dir),
        ]);
        const canLink = there.device === here.device;
        const layout = formatOf(format);
        return {
          rows,
          pictureBytes,
          neededBytes: Math.round(neededBytes(layout, ExportOptions.parse({}), { rows, pictureBytes }, canLink)),
          freeBytes: await freeBytes(there.path),
          linked: layout.linksPictures && canLink,
        };
      }),
    ),
    startCheck: api.transfer.startCheck.handler((ctx) => answer(ctx, () => startCheck(resolve(ctx.input.dir)))),
    previewImport: api.transfer.previewImport.handler((ctx) =>
      answer(ctx, () => previewImport(transferDeps.preview, { format: ctx.input.format, path: ctx.input.path, map: ctx.input.columns })),
    ),
    importFormats: api.transfer.importFormats.handler((ctx) =>
      answer(ctx, () => IMPORTERS.map(({ format, about }) => ({ format, about }))),
    ),
    startImport: api.transfer.startImport.handler((ctx) =>
      answer(ctx, () => {
        const { format, columns: map } = ctx.input;
        const path = resolve(ctx.input.path);
        const { about } = importerOf(format);
        const reportFile = join(workspace.dir, 'exports', `import-${randomUUID().slice(0, 8)}.jsonl`);
        return jobs.start('import', `Import: ${about}`, path, async ({ signal, progress }) =>
          importJobResult(await runImport(transferDeps.import(), { format, path, map, reportFile }, progress, signal)),
        );
      }),
    ),
    startUpload: api.transfer.startUpload.handler((ctx) =>
      answer(ctx, () => {
        const { repo, key, hub: url, branch, isPrivate, commitBytes } = ctx.input;
        const dir = resolve(ctx.input.dir);
        return jobs.start('upload', `Upload to ${repo}`, dir, async ({ signal, progress }) => {
          const hub = createHub({ fetch: http.fetch, url, repo, branch, token: await keys.get(key), now });
          return uploadJobResult(await uploadExport(hub, { dir, isPrivate, commitBytes }, progress, signal), repo, dir);
        });
      }),
    ),
    startScore: api.transfer.startScore.handler((ctx) =>
      answer(ctx, () => {
        const path = resolve(ctx.input.path);
        const resultsFile = join(workspace.dir, 'exports', `scores-${randomUUID().slice(0, 8)}.jsonl`);
        return jobs.start('score', 'Validate existing pairs', path, async ({ signal, progress }) =>
          scoreJobResult(
            await scorePairs(
              { ...transferDeps.score, gates: gatesOf(ctx.input.profile, ctx.input.sizes) },
              path,
              { resultsFile },
              progress,
              signal,
            ),
          ),
        );
      }),
    ),
    startScoreImported: api.transfer.startScoreImported.handler((ctx) =>
      answer(ctx, () => {
        const { profile, judges: chosen, budgetUsd, askAgain } = ctx.input;
        const judges = chosen === null ? undefined : transferDeps.pairJudges({ judges: chosen, budgetUsd, askAgain });
        const base = transferDeps.scoreImported;
        // Judges far away are asked side by side; what their endpoints take, their lanes know.
        const concurrency = judges ? JUDGED_AT_ONCE : base.concurrency;
        const deps = { ...base, concurrency, gates: gatesOf(profile, 'reject'), judges };
        return jobs.start('score', judges ? 'Judge imported triplets' : 'Check imported triplets', '', async ({ signal, progress }) =>
          scoreImportedJobResult(await scoreImported(deps, progress, signal)),
        );
      }),
    ),
    cancel: api.transfer.cancel.handler((ctx) => answer(ctx, () => jobs.cancel(ctx.input.jobId))),
  };
}

/** The gates of existing pairs: what becomes of edits of another size, the paper's low-level rule, the limits of a profile. */
function gatesOf(profile: GateProfile, sizeMismatch: SizeMismatch) {
  return { lowLevel: LowLevelGate.parse({}), profile, fullReference: {}, sizeMismatch, align: {} };
}

function defaultFolder(workspaceDir: string, format: string, now: number): string {
  const stamp = new Date(now).toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  return join(workspaceDir, 'exports', `${format}-${stamp}`);
}
