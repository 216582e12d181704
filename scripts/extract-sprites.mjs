/**
 * Takes the pictures the demo studio paints with out of the Noto Emoji icon package and writes out/sprites.json:
 * { viewBox, bodies: { icon: svg markup } }. Ids inside a body are prefixed with the icon's name, because several
 * bodies are drawn into one picture and their gradients must not meet.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const objectsFile = join(root, 'src/main/engine/providers/demo/objects.json');
const iconsFile = join(root, 'node_modules/@iconify-json/noto/icons.json');
const target = join(root, 'out/sprites.json');

function prefixIds(body, prefix) {
  const ids = [...body.matchAll(/\bid="([^"]+)"/g)].map((m) => m[1]);
  return ids.reduce(
    (text, id) =>
      text
        .replaceAll(`id="${id}"`, `id="${prefix}-${id}"`)
        .replaceAll(`#${id})`, `#${prefix}-${id})`)
        .replaceAll(`"#${id}"`, `"#${prefix}-${id}"`),
    body,
  );
}

const objects = JSON.parse(readFileSync(objectsFile, 'utf8'));
const set = JSON.parse(readFileSync(iconsFile, 'utf8'));
const bodies = {};
for (const { icon } of objects) {
  const found = set.icons[icon];
  if (!found) throw new Error(`${objectsFile} names ${icon}, which ${iconsFile} does not have`);
  bodies[icon] = prefixIds(found.body, icon);
}
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, JSON.stringify({ viewBox: `0 0 ${set.width} ${set.height}`, bodies }));
process.stdout.write(`${target}: ${Object.keys(bodies).length} sprites\n`);
