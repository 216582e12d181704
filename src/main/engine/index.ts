import { createRouterClient, type RouterClient } from '@orpc/server';
import { AppError } from '../../shared/model/errors.ts';
import type { TakenPicture } from '../../shared/upload.ts';
import { compose, type EngineOptions, type Log } from './compose.ts';
import { createRouter } from './handlers/index.ts';
import type { Pixels } from './ports.ts';
import type { Workspace } from './store/index.ts';

export type { EngineOptions, Log };

type Router = ReturnType<typeof createRouter>;

/** An engine on one workspace: the only door hosts go through. */
export interface Engine {
  readonly router: Router;
  /** The contract's client in memory, for hosts in the same process. */
  readonly client: RouterClient<Router>;
  /** Stores a picture from outside, byte for byte; AppError inputInvalid names it when it cannot be used. */
  takePicture(bytes: Uint8Array, name: string): Promise<TakenPicture>;
  /** A stored picture, or a WebP thumbnail of it `width` pixels wide. Throws AppError noSuchItem. */
  blobFile(hash: string, width?: number): Promise<{ path: string } | { bytes: Uint8Array; type: string }>;
  /** Lets go of runs (they can be resumed), finishes writing, gives the workspace free. */
  close(): Promise<void>;
}

const HASH = /^[0-9a-f]{64}$/;
/** The widths pages ask for; others are brought to the next one, so that the cache stays small. */
const THUMBNAIL_WIDTHS = [128, 256, 512, 1024];

/** Opens the workspace and starts everything. Throws AppError when the workspace cannot be used. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const parts = compose(options);
  const router = createRouter(parts);
  options.log.info('engine ready', { workspace: parts.workspace.dir, recovered: parts.workspace.recovered });
  if (options.resumeInterrupted) {
    await parts.runs.resumeInterrupted();
    await parts.edits.resumeInterrupted();
  }
  return {
    router,
    client: createRouterClient(router),
    async takePicture(bytes, name) {
      const { hash, width, height, format } = await parts.edits.takePicture(bytes, name);
      return { hash, width, height, format };
    },
    blobFile: (hash, width) => blobFile(parts.workspace, parts.pixels, hash, width),
    close: parts.close,
  };
}

async function blobFile(workspace: Workspace, pixels: Pixels, hash: string, width: number | undefined) {
  if (!HASH.test(hash)) throw new AppError('noSuchItem', 'A picture is named by 64 hexadecimal digits.');
  const path = workspace.blobs.fileOf(hash);
  if (width === undefined) return { path };
  const step = THUMBNAIL_WIDTHS.find((candidate) => candidate >= width) ?? 1024;
  const kept = workspace.thumbs.get(hash, step);
  if (kept) return { bytes: kept, type: 'image/webp' };
  const bytes = await pixels.thumbnail(path, step);
  workspace.thumbs.put(hash, step, bytes);
  return { bytes, type: 'image/webp' };
}
