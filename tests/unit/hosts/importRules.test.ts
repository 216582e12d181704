import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const copy = mkdtempSync(join(tmpdir(), 'nhr-rules-'));
afterAll(() => rmSync(copy, { recursive: true }));

/** A file in a folder with a rule, what it must not import, and a word of the reason that must be given. */
const FORBIDDEN: [file: string, imported: string, reason: string][] = [
  ['src/shared/planted.ts', 'node:fs', 'runs anywhere'],
  ['src/shared/model/planted.ts', '../../main/engine/ports.ts', 'runs anywhere'],
  ['src/shared/planted2.ts', 'react', 'runs anywhere'],
  ['src/main/engine/planted.ts', 'electron', 'inside Electron'],
  ['src/main/engine/planted2.ts', '../desktop/window.ts', 'does not know its hosts'],
  ['src/main/engine/handlers/planted.ts', '../../../renderer/text.ts', 'does not know its hosts'],
  ['src/main/engine/handlers/planted2.ts', 'better-sqlite3', 'engine/store'],
  ['src/main/engine/providers/planted.ts', 'sharp', 'engine/pixels'],
  ['src/main/engine/pixels/planted.ts', 'onnxruntime-node', 'engine/scorers'],
  ['src/main/engine/transfer/planted.ts', 'openai', 'Provider'],
  ['src/main/engine/domain/planted.ts', 'node:fs', 'same answer twice'],
  ['src/main/engine/domain/planted2.ts', '../ports.ts', 'same answer twice'],
  ['src/main/engine/domain/planted3.ts', '../store/index.ts', 'same answer twice'],
  ['src/main/engine/domain/planted4.ts', 'zod', 'same answer twice'],
  ['src/main/engine/domain/calibration/planted.ts', '../../ports.ts', 'same answer twice'],
  ['src/main/engine/domain/calibration/planted2.ts', 'node:fs', 'same answer twice'],
  ['src/main/engine/pipeline/planted.ts', '../store/index.ts', 'compose.ts puts'],
  ['src/main/engine/pipeline/stages/planted.ts', '../../providers/demo/index.ts', 'compose.ts puts'],
  ['src/main/engine/pipeline/stages/planted2.ts', '../../pixels/index.ts', 'compose.ts puts'],
  ['src/main/engine/pipeline/planted2.ts', '../compose.ts', 'compose.ts puts'],
  ['src/main/engine/pipeline/planted3.ts', 'better-sqlite3', 'engine/store'],
  ['src/main/engine/store/planted.ts', 'sharp', 'engine/pixels'],
  ['src/main/engine/pixels/planted2.ts', 'better-sqlite3', 'engine/store'],
  ['src/main/engine/scorers/planted.ts', 'sharp', 'engine/pixels'],
  ['src/main/engine/scorers/planted2.ts', 'better-sqlite3', 'engine/store'],
  ['src/main/engine/handlers/planted3.ts', 'onnxruntime-node', 'engine/scorers'],
  ['src/main/desktop/planted.ts', '../engine/store/index.ts', 'engine/index.ts'],
  ['src/main/desktop/planted2.ts', '../web/index.ts', 'side by side'],
  ['src/main/web/planted.ts', '../engine/compose.ts', 'engine/index.ts'],
  ['src/main/web/planted2.ts', 'electron', 'inside Electron'],
  ['src/main/cli/planted.ts', '../engine/pipeline/runs.ts', 'engine/index.ts'],
  ['src/main/cli/commands/planted.ts', '../../engine/domain/draw.ts', 'engine/index.ts'],
  ['src/main/cli/commands/planted2.ts', '../../desktop/supervisor.ts', 'side by side'],
  ['src/preload/planted.ts', 'node:fs', 'single functions'],
  ['src/preload/planted2.ts', '../main/desktop/addresses.ts', 'single functions'],
  ['src/renderer/app/planted.ts', '../../main/engine/index.ts', 'through the contract'],
  ['src/renderer/planted.ts', 'electron', 'inside Electron'],
  ['src/renderer/ui/planted.ts', 'node:path', 'there is no Node'],
  ['src/renderer/ui/planted2.ts', '../app/studio.tsx', 'as props'],
  ['src/renderer/features/runs/planted.ts', 'fs', 'there is no Node'],
  ['src/renderer/features/runs/planted2.ts', '../review/keys.ts', 'islands'],
  ['src/renderer/features/export/planted.ts', '../../features/runs/Funnel.tsx', 'islands'],
];

/** What the same rules must leave alone. */
const ALLOWED: [file: string, imported: string][] = [
  ['src/shared/fine.ts', 'zod'],
  ['src/shared/contract/fine.ts', '../model/run.ts'],
  ['src/main/engine/domain/fine.ts', '../../../shared/model/run.ts'],
  ['src/main/engine/domain/calibration/fine.ts', '../../../../shared/model/run.ts'],
  ['src/main/engine/domain/calibration/fine2.ts', '../gates.ts'],
  ['src/main/engine/domain/fine2.ts', 'node:crypto'],
  ['src/main/engine/pipeline/fine.ts', '../ports.ts'],
  ['src/main/engine/pipeline/stages/fine.ts', '../../domain/gates.ts'],
  ['src/main/engine/pipeline/fine2.ts', './stages/index.ts'],
  ['src/main/engine/store/fine.ts', 'better-sqlite3'],
  ['src/main/engine/pixels/fine.ts', 'sharp'],
  ['src/main/engine/scorers/fine.ts', 'onnxruntime-node'],
  ['src/main/desktop/fine.ts', '../engine/index.ts'],
  ['src/main/cli/fine.ts', '../web/index.ts'],
  ['src/preload/fine.ts', '../shared/host.ts'],
  ['src/renderer/features/runs/fine.ts', '../../ui/Parts.tsx'],
  ['src/renderer/features/runs/fine2.ts', './keys.ts'],
];

interface Diagnostic {
  category: string;
  message: unknown;
  location: { path: string | { file: string } };
}
let diagnostics: Diagnostic[] = [];

/** What biome says about a planted file, as text. */
function saidAbout(file: string): string {
  return JSON.stringify(diagnostics.filter(({ location }) => JSON.stringify(location).includes(`${file}"`)));
}

function plant(file: string, text: string): void {
  mkdirSync(dirname(join(copy, file)), { recursive: true });
  writeFileSync(join(copy, file), text);
}

beforeAll(async () => {
  cpSync(join(root, '.gitignore'), join(copy, '.gitignore'));
  // The rules as they are; only the place of the schema has no meaning in a copy.
  const { $schema: _schema, ...config } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  plant('biome.json', JSON.stringify(config));
  for (const [file, imported] of [...FORBIDDEN, ...ALLOWED])
    plant(file, `import * as planted from '${imported}';\n\nexport const kept = planted;\n`);
  plant('src/renderer/cycleA.ts', "import { b } from './cycleB.ts';\n\nexport const a = () => b;\n");
  plant('src/renderer/cycleB.ts', "import { a } from './cycleA.ts';\n\nexport const b = () => a;\n");
  const biome = join(dirname(createRequire(join(root, 'package.json')).resolve('@biomejs/biome/package.json')), 'bin/biome');
  const output = await new Promise<string>((resolve) =>
    execFile(
      process.execPath,
      [biome, 'lint', '--reporter=json', '--max-diagnostics=none'],
      { cwd: copy, timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
      (_error, stdout) => resolve(stdout),
    ),
  );
  ({ diagnostics } = JSON.parse(output.slice(output.indexOf('{'))) as { diagnostics: Diagnostic[] });
});

describe('the import rules of the house', () => {
  test.each(FORBIDDEN)('%s may not import %s', (file, _imported, reason) => {
    const said = saidAbout(file);
    expect(said).toContain('lint/style/noRestrictedImports');
    expect(said).toContain(reason);
  });

  test.each(ALLOWED)('%s may import %s', (file) => {
    expect(saidAbout(file)).not.toContain('noRestrictedImports');
  });

  test('cycles are found', () => {
    expect(saidAbout('src/renderer/cycleA.ts')).toContain('lint/suspicious/noImportCycles');
  });

  test('every rule carries its reason', () => {
    const { overrides } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
    for (const { linter } of overrides) {
      for (const { message } of linter.rules.style.noRestrictedImports.options.patterns) expect(message.length).toBeGreaterThan(30);
    }
  });
});

describe('the shape of the house', () => {
  const entries = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true });

  test('no file is longer than 400 lines', () => {
    const long = entries
      .filter((entry) => entry.isFile() && ['.ts', '.tsx', '.css'].includes(extname(entry.name)))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [relative(root, file), readFileSync(file, 'utf8').trimEnd().split('\n').length] as const)
      .filter(([, lines]) => lines > 400);
    expect(long).toEqual([]);
  });

  test('no folder is a drawer for anything', () => {
    const drawers = entries.filter(
      (entry) => entry.isDirectory() && ['utils', 'util', 'common', 'helpers', 'misc', 'lib'].includes(basename(entry.name)),
    );
    expect(drawers.map(({ parentPath, name }) => relative(root, join(parentPath, name)))).toEqual([]);
  });
});
