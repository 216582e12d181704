/** The engine process: serves the engine to its parent over process IPC. Importing this file starts it. */
import { RPCHandler } from '@orpc/server/message-port';
import { PROTOCOL_VERSION } from '../../shared/contract/system.ts';
import { AppError, toWireError } from '../../shared/model/errors.ts';
import { answerUpload } from '../../shared/upload.ts';
import { createEngine } from '../engine/index.ts';
import { readEngineArguments } from './engineArguments.ts';
import { EXIT_FAILED_START, type FromEngine, type ToEngine } from './messages.ts';
import { createPortTable } from './portTable.ts';

const LOST_PARENT_BUDGET_MS = 5_000;
let lastQuestion = 0;

function tell(message: FromEngine): void {
  if (process.connected) process.send?.(message);
}

function log(level: 'info' | 'warn' | 'error') {
  return (message: string, data: object = {}) => void process.stderr.write(`${JSON.stringify({ level, message, ...data })}\n`);
}

type KeysReply = Extract<ToEngine, { type: 'keys' }>;
const keyQuestions = new Map<number, (reply: KeysReply) => void>();

/** Secrets are in the hands of the desktop's main process; nothing of them is kept here. */
function askKeychain(write: Record<string, string> | null): Promise<Record<string, string>> {
  lastQuestion += 1;
  const id = lastQuestion;
  return new Promise((resolve, reject) => {
    keyQuestions.set(id, (reply) => ('keys' in reply ? resolve(reply.keys) : reject(new AppError('inputInvalid', reply.error))));
    tell({ type: 'keys', id, write });
  });
}

function hearKeychain(reply: KeysReply): void {
  keyQuestions.get(reply.id)?.(reply);
  keyQuestions.delete(reply.id);
}

try {
  const { workspaceDir, resumeInterrupted, version } = readEngineArguments(process.argv.slice(2));
  const engine = await createEngine({
    workspaceDir,
    create: true,
    resumeInterrupted,
    keyStore: { read: () => askKeychain(null), write: (keys) => askKeychain(keys).then(() => undefined) },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
  });
  const handler = new RPCHandler(engine.router);
  const ports = createPortTable({ open: (port) => handler.upgrade(port), send: tell });

  const close = async (): Promise<void> => {
    ports.closeAll();
    await engine.close();
    process.exit(0);
  };
  process.on('message', (message: ToEngine) => {
    if (Array.isArray(message)) ports.receive(message);
    else if (message.type === 'stop') void close();
    else if (message.type === 'keys') hearKeychain(message);
    else if (message.type === 'picture') {
      const { id, name, bytes } = message;
      void answerUpload(() => engine.takePicture(bytes, name)).then(({ answer }) => tell({ type: 'picture', id, answer }));
    } else {
      const { id, hash, width } = message;
      engine.blobFile(hash, width).then(
        (found) =>
          tell('path' in found ? { type: 'blob', id, path: found.path } : { type: 'blob', id, bytes: found.bytes, mediaType: found.type }),
        (error: unknown) => tell({ type: 'blob', id, error: toWireError(error) }),
      );
    }
  });
  process.once('disconnect', () => {
    setTimeout(() => process.exit(0), LOST_PARENT_BUDGET_MS).unref();
    void close();
  });
  process.once('SIGTERM', () => void close());
  // Ctrl-C in a terminal reaches the whole group; the parent decides when the engine ends.
  process.on('SIGINT', () => undefined);
  tell({ type: 'hello', protocol: PROTOCOL_VERSION, version, pid: process.pid });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = EXIT_FAILED_START;
  // The pipe is let go only when the message is through; then nothing keeps the process.
  if (process.connected)
    process.send?.({ type: 'failed', error: toWireError(error) } satisfies FromEngine, undefined, undefined, () => process.disconnect());
}
