import { AppError } from '../../../shared/model/errors.ts';
import type { EngineParts } from '../compose.ts';
import { cudaInstallWords, installCuda } from '../scorers/cudaInstall.ts';
import { answer, api } from './answer.ts';

/** Lines of an installer that are shown when it fails. */
const LINES_KEPT = 12;

/** Local models: where they run, which there are. */
export function scorerHandlers({ scorers, jobs }: EngineParts) {
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
