/** A scorer process that does what its requests say: answers, is lost, or is lost once. */
import { existsSync, writeFileSync } from 'node:fs';
import type { FromScorer, ToScorer } from '../../../src/main/engine/scorers/wire.ts';

const tell = (message: FromScorer) => process.send?.(message);
process.on('message', (message: ToScorer) => {
  if (message.type === 'setup') return tell({ type: 'ready' });
  if (message.type !== 'run') return;
  const { name, file } = message.request.model;
  if (name === 'dies') process.kill(process.pid, 'SIGKILL');
  if (name === 'dies once' && !existsSync(file)) {
    writeFileSync(file, '');
    process.kill(process.pid, 'SIGKILL');
  }
  if (name === 'hangs') return;
  const data = Float32Array.of(process.pid);
  tell({ type: 'done', id: message.id, outputs: { '*': { shape: [1], data } }, provider: 'cpu', bytes: name === 'large' ? 9e9 : 1000 });
});
process.on('disconnect', () => process.exit(0));
