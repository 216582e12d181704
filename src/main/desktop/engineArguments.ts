import { parseArgs } from 'node:util';
import { AppError } from '../../shared/model/errors.ts';

export interface EngineArguments {
  workspaceDir: string;
  /** Runs that a crash interrupted go on by themselves. */
  resumeInterrupted: boolean;
  /** The app's version, for the hello. */
  version: string;
}

/** The arguments of the engine process: `--workspace DIR [--resume] [--app-version X]`. Throws AppError inputInvalid. */
export function readEngineArguments(argv: string[]): EngineArguments {
  const { values } = parseArgs({
    args: argv,
    options: { workspace: { type: 'string' }, resume: { type: 'boolean', default: false }, 'app-version': { type: 'string', default: '' } },
  });
  if (!values.workspace) throw new AppError('inputInvalid', 'The engine was started without a workspace folder.', { field: '--workspace' });
  return { workspaceDir: values.workspace, resumeInterrupted: values.resume, version: values['app-version'] };
}

/** The same arguments as a command line. */
export function writeEngineArguments(values: EngineArguments): string[] {
  return ['--workspace', values.workspaceDir, '--app-version', values.version, ...(values.resumeInterrupted ? ['--resume'] : [])];
}
