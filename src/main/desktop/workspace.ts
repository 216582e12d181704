import { join, resolve } from 'node:path';

/** The workspace to open: `--workspace DIR` (or `--workspace=DIR`), NHR_WORKSPACE, else a folder among the user's documents. */
export function chooseWorkspace(argv: readonly string[], env: Readonly<Record<string, string | undefined>>, documents: string): string {
  const joined = argv.find((argument) => argument.startsWith('--workspace='))?.slice('--workspace='.length);
  const at = argv.indexOf('--workspace');
  const named = joined ?? (at >= 0 ? argv[at + 1] : undefined) ?? env.NHR_WORKSPACE;
  return named ? resolve(named) : join(documents, 'NHR Studio', 'demo workspace');
}
