/** Builds what is out of date: the demo's pictures, the engine with the command line, the desktop host with the page. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture, commandOf, ensureModules, fail, findNode, root, say, seconds, toolEnv } from './bootstrap.mjs';

const COMMON = ['src/shared', 'package.json', 'package-lock.json'];
const PARTS = [
  {
    name: 'sprites',
    sources: ['scripts/extract-sprites.mjs', 'src/main/engine/providers/demo/objects.json', 'package-lock.json'],
    made: ['out/sprites.json'],
    command: () => [join(root, 'scripts/extract-sprites.mjs')],
  },
  {
    name: 'engine',
    sources: [...COMMON, 'src/main', 'vite.engine.config.ts'],
    made: [
      'out/engine/engine.js',
      'out/engine/cli.js',
      'out/engine/worker.js',
      'out/engine/lists.js',
      'out/engine/export.js',
      'out/engine/pictures.js',
    ],
    command: () => [commandOf('vite'), 'build', '-c', 'vite.engine.config.ts', '--logLevel', 'warn'],
  },
  {
    name: 'app',
    sources: [...COMMON, 'src/main/desktop', 'src/preload', 'src/renderer', 'electron.vite.config.ts'],
    made: ['out/main/index.cjs', 'out/preload/index.cjs', 'out/renderer/index.html'],
    command: () => [commandOf('electron-vite'), 'build', '--logLevel', 'warn'],
  },
];

/** Builds the named parts (all when none is named) whose sources changed since; ends the script with the tool's words on failure. */
export async function build(names = PARTS.map(({ name }) => name), { quiet = false } = {}) {
  const node = findNode();
  for (const part of PARTS.filter(({ name }) => names.includes(name))) {
    const wanted = hashOf(part.sources);
    const stamp = join(root, 'out/.stamps', part.name);
    const fresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && part.made.every((file) => existsSync(join(root, file)));
    if (fresh) {
      if (!quiet) say(`${part.name}: up to date`);
      continue;
    }
    const started = Date.now();
    const { code, output } = await capture(node, part.command(), { env: toolEnv(node), timeoutMs: 180_000 });
    if (code !== 0) fail(`building ${part.name} failed:\n${output}`);
    mkdirSync(join(root, 'out/.stamps'), { recursive: true });
    writeFileSync(stamp, wanted);
    say(`${part.name}: built in ${seconds(started)}`);
  }
}

/** One hash over names and contents of files and folders. */
function hashOf(paths) {
  const hash = createHash('sha256');
  const add = (path) => {
    const full = join(root, path);
    if (!existsSync(full)) return;
    if (statSync(full).isDirectory()) for (const name of readdirSync(full).sort()) add(`${path}/${name}`);
    else hash.update(`${path}\0`).update(readFileSync(full));
  };
  for (const path of paths) add(path);
  return hash.digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureModules();
  await build();
}
