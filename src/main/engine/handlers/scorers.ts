import { AppError } from '../../../shared/model/errors.ts';
import type { EngineParts } from '../compose.ts';
import { cudaInstallWords, installCuda } from '../scorers/cudaInstall.ts';
import { answer, api } from './answer.ts';

/** Lines of an installer that are shown when it fails. */
const LINES_KEPT = 12;

/** Local models: where they run, which there are. */
export function scorerHandlers({ scorers, jobs }: EngineParts) {
  const { models } = scorers;
  return {
    providers: api.scorers.providers.handler((ctx) => answer(ctx, () => scorers.choice())),
    tryProviders: api.scorers.tryProviders.handler((ctx) => answer(ctx, () => scorers.tryAgain())),
    process: api.scorers.process.handler((ctx) => answer(ctx, () => scorers.process())),
    freeMemory: api.scorers.freeMemory.handler((ctx) =>
      answer(ctx, async () => {
        await scorers.freeMemory();
        return scorers.process();
      }),
    ),
    settings: api.scorers.settings.handler((ctx) => answer(ctx, () => scorers.settings())),
    setSettings: api.scorers.setSettings.handler((ctx) =>
      answer(ctx, async () => {
        await scorers.setSettings(ctx.input);
        return ctx.input;
      }),
    ),
    models: api.scorers.models.handler((ctx) => answer(ctx, () => models.list())),
    acceptLicence: api.scorers.acceptLicence.handler((ctx) => answer(ctx, () => models.acceptLicence(ctx.input.id, ctx.input.licence))),
    getModel: api.scorers.getModel.handler((ctx) =>
      answer(ctx, async () => {
        const { title, folder } = await models.card(ctx.input.id);
        return jobs.start('model', title, folder, async ({ signal, progress }) => {
          const card = await models.fetch(ctx.input, signal, progress);
          const onTrust = card.files.filter((file) => file.pinnedBy === 'firstUse');
          const report = card.files.map((file) => ({ label: file.name, value: `SHA-256 ${file.sha256}`, ok: true }));
          const note =
            onTrust.length > 0 ? ` ${onTrust.length === 1 ? 'One file was' : `${onTrust.length} files were`} taken on trust.` : '';
          return { ok: true, message: `${title} is ready.${note}`, report };
        });
      }),
    ),
    importModel: api.scorers.importModel.handler((ctx) =>
      answer(ctx, () => models.import(ctx.input.id, ctx.input.path, ctx.signal ?? new AbortController().signal)),
    ),
    removeModel: api.scorers.removeModel.handler((ctx) => answer(ctx, () => models.remove(ctx.input.id))),
    installCuda: api.scorers.installCuda.handler((ctx) =>
      answer(ctx, () =>
        jobs.start('install', 'CUDA provider', '', async ({ signal }) => {
          const said: string[] = [];
          await installCuda({ signal, onLine: (line) => said.push(line) }).catch((error: unknown) => {
            // The installer's own words are the only trace of what went wrong.
            if (error instanceof AppError)
              throw new AppError(error.code, [error.message, ...said.slice(-LINES_KEPT)].join('\n'), error.details);
            throw error;
          });
          const { trials } = await scorers.tryAgain();
          const cuda = trials.find((trial) => trial.provider === 'cuda');
          const ok = cuda?.ok === true;
          return { ok, message: ok ? 'CUDA works here.' : (cuda?.reason ?? 'CUDA is not used here.'), report: [] };
        }),
      ),
    ),
    cudaWords: api.scorers.cudaWords.handler((ctx) => answer(ctx, () => cudaInstallWords())),
  };
}
