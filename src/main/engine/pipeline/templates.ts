import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/model/errors.ts';
import { appRoot } from '../appRoot.ts';

export interface Template {
  id: string;
  title: string;
  about: string;
  yaml: string;
  /** Saved by the user in this workspace; it can be removed. */
  own: boolean;
}

/** The order of the list; others follow by name. */
const FIRST = ['demo-quick', 'demo', 'photos', 'scenes-file', 'paper', 'local'];
/** Ids of own templates, so that none can have the id of one that comes with the app. */
const OWN = 'own-';

/**
 * The recipes that come with the app, then the user's own in the folder `recipes` of the workspace, when one is given. Title and
 * description are the first two comment lines of each file.
 */
export async function listTemplates(workspaceDir?: string): Promise<Template[]> {
  const shipped = await readFolder(join(appRoot(), 'resources', 'recipes'), false);
  const rank = ({ id }: Template) => (FIRST.includes(id) ? FIRST.indexOf(id) : FIRST.length);
  const own = workspaceDir === undefined ? [] : await readFolder(join(workspaceDir, 'recipes'), true);
  return [...shipped.sort((a, b) => rank(a) - rank(b)), ...own];
}

async function readFolder(dir: string, own: boolean): Promise<Template[]> {
  const found = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (own && error.code === 'ENOENT') return [];
    throw error;
  });
  const files = found.filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(
    files.map(async (file) => describe(`${own ? OWN : ''}${file.slice(0, -'.yaml'.length)}`, await readFile(join(dir, file), 'utf8'), own)),
  );
}

function describe(id: string, yaml: string, own: boolean): Template {
  const comments = yaml
    .split('\n')
    .filter((line) => line.startsWith('#'))
    .map((line) => line.replace(/^#+\s?/, ''));
  return { id, title: comments[0] ?? id, about: comments[1] ?? '', yaml, own };
}

/** A file name out of a title. */
function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
}

/**
 * Keeps a recipe as the user's own template; one of the same title is replaced. Its title and description become its first two
 * comment lines, in place of those that made up the head before. AppError inputInvalid for a title without letters or digits.
 */
export async function saveTemplate(workspaceDir: string, given: { title: string; about: string; yaml: string }): Promise<Template> {
  const line = (text: string) => text.replace(/\s+/g, ' ').trim();
  const [title, about] = [line(given.title), line(given.about)];
  const name = slug(title);
  if (name === '') throw new AppError('inputInvalid', 'A template needs a title with letters or digits.', { field: 'title' });
  const dir = join(workspaceDir, 'recipes');
  const body = given.yaml.replace(/^(#[^\n]*(\n|$)){1,2}/, '');
  const yaml = `# ${title}\n#${about === '' ? '' : ` ${about}`}\n${body}`;
  await mkdir(dir, { recursive: true });
  const temporary = join(dir, `.${name}-${randomUUID()}`);
  await writeFile(temporary, yaml);
  await rename(temporary, join(dir, `${name}.yaml`));
  return describe(`${OWN}${name}`, yaml, true);
}

/** Takes one of the user's own templates away. AppError noSuchItem; those that come with the app stay. */
export async function removeTemplate(workspaceDir: string, id: string): Promise<void> {
  const name = id.startsWith(OWN) ? id.slice(OWN.length) : '';
  if (name === '' || slug(name) !== name) throw new AppError('noSuchItem', `There is no template ${id} of your own.`);
  await rm(join(workspaceDir, 'recipes', `${name}.yaml`)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new AppError('noSuchItem', `There is no template ${id} of your own.`);
    throw error;
  });
}
