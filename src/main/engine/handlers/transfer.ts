import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { EngineParts } from '../compose.ts';
import { checkExport } from '../transfer/checkExport.ts';
import { exportNhr } from '../transfer/exportNhr.ts';
import { checkJobResult, exportJobResult, scoreJobResult } from '../transfer/jobResults.ts';
import { scorePairs } from '../transfer/scorePairs.ts';
import { answer, api } from './answer.ts';

/** Exports, their read-back, and scoring of existing pairs: jobs that go on when the page closes. */
export function transferHandlers({ jobs, workspace, transferDeps, version, now }: EngineParts) {
  return {
    startExport: api.transfer.startExport.handler((ctx) =>
      answer(ctx, () => {
        const { filter, license } = ctx.input;
        const dir = ctx.input.dir.trim() === '' ? defaultFolder(workspace.dir, now()) : resolve(ctx.input.dir);
        return jobs.start('export', 'Export in the NHR layout', dir, async ({ signal, progress }) =>
          exportJobResult(await exportNhr(transferDeps.export, { dir, filter, license, toolVersion: version }, progress, signal)),
        );
      }),
    ),
    startCheck: api.transfer.startCheck.handler((ctx) =>
      answer(ctx, () => {
        const dir = resolve(ctx.input.dir);
        return jobs.start('check', 'Read an export back', dir, async ({ signal, progress }) =>
          checkJobResult(await checkExport(transferDeps.check, dir, progress, signal)),
        );
      }),
    ),
    startScore: api.transfer.startScore.handler((ctx) =>
      answer(ctx, () => {
        const path = resolve(ctx.input.path);
        const resultsFile = join(workspace.dir, 'exports', `scores-${randomUUID().slice(0, 8)}.jsonl`);
        return jobs.start('score', 'Validate existing pairs', path, async ({ signal, progress }) =>
          scoreJobResult(await scorePairs(transferDeps.score, path, { resultsFile }, progress, signal)),
        );
      }),
    ),
    cancel: api.transfer.cancel.handler((ctx) => answer(ctx, () => jobs.cancel(ctx.input.jobId))),
  };
}

function defaultFolder(workspaceDir: string, now: number): string {
  const stamp = new Date(now).toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  return join(workspaceDir, 'exports', `nhr-${stamp}`);
}
