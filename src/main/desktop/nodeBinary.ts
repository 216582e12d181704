import { join } from 'node:path';
import { AppError } from '../../shared/model/errors.ts';

/** The engine's native parts are built for this Node and newer. */
const ENGINE_NODE_MAJOR = 24;

export interface NodeBinary {
  command: string;
  /** What must be added to the environment for the command to act as Node. */
  env: Record<string, string>;
}

/** What the search looks at, passed in so that it can be tested. */
export interface NodeSearch {
  env: Readonly<Record<string, string | undefined>>;
  platform: string;
  arch: string;
  /** Folders whose node_modules may hold a Node, nearest first. */
  roots: string[];
  /** Node that comes inside the packaged app. */
  resources: string | undefined;
  /** The running program and the Node inside it. */
  self: { command: string; nodeVersion: string };
  exists(path: string): boolean;
  /** `24.1.0` for a command that answers as Node, else undefined. */
  versionOf(command: string): string | undefined;
}

/**
 * The Node that runs the engine: NHR_NODE, the one in the package, the one npm installed, Electron itself when it is new
 * enough, `node` on the PATH. Throws AppError engineDown when none is Node 24 or newer.
 */
export function findNode(search: NodeSearch): NodeBinary {
  const asked = search.env.NHR_NODE;
  if (asked) return { command: asked, env: {} };
  const platform = search.platform === 'win32' ? 'win' : search.platform;
  const program = search.platform === 'win32' ? 'node.exe' : 'node';
  const places = [
    ...(search.resources ? [join(search.resources, 'node', 'bin', program)] : []),
    ...search.roots.map((root) => join(root, 'node_modules', `node-${platform}-${search.arch}`, 'bin', program)),
  ];
  const found = places.find(search.exists);
  if (found) return { command: found, env: {} };
  if (majorOf(search.self.nodeVersion) >= ENGINE_NODE_MAJOR) return { command: search.self.command, env: { ELECTRON_RUN_AS_NODE: '1' } };
  const onPath = search.versionOf('node');
  if (onPath && majorOf(onPath) >= ENGINE_NODE_MAJOR) return { command: 'node', env: {} };
  throw new AppError('engineDown', `The engine needs Node ${ENGINE_NODE_MAJOR} or newer and none was found.`, {
    hint: `Install Node ${ENGINE_NODE_MAJOR} from nodejs.org, or set NHR_NODE to the path of its program. On the PATH: ${onPath ?? 'no Node'}.`,
  });
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}
