import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appRoot } from '../appRoot.ts';

export interface Template {
  id: string;
  title: string;
  about: string;
  yaml: string;
}

/** The order of the list; others follow by name. */
const FIRST = ['demo-quick', 'demo', 'photos', 'scenes-file', 'paper', 'local'];

/** The recipes that come with the app. Title and description are the first two comment lines of each file. */
export async function listTemplates(): Promise<Template[]> {
  const dir = join(appRoot(), 'resources', 'recipes');
  const files = (await readdir(dir)).filter((name) => name.endsWith('.yaml')).sort();
  const templates = await Promise.all(
    files.map(async (file) => describe(file.slice(0, -'.yaml'.length), await readFile(join(dir, file), 'utf8'))),
  );
  const rank = (id: string) => (FIRST.includes(id) ? FIRST.indexOf(id) : FIRST.length);
  return templates.sort((a, b) => rank(a.id) - rank(b.id));
}

function describe(id: string, yaml: string): Template {
  const comments = yaml
    .split('\n')
    .filter((line) => line.startsWith('#'))
    .map((line) => line.replace(/^#+\s?/, ''));
  return { id, title: comments[0] ?? id, about: comments[1] ?? '', yaml };
}
