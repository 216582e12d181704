/** Holds a workspace with a run going until it is killed. `node holder.ts DIR`. */
import { openWorkspace } from '../../src/main/engine/store/index.ts';
import { recipe } from './recipe.ts';

const workspace = openWorkspace(process.argv[2] as string, { create: false, now: Date.now, owner: 'the child' });
const run = {
  id: 'r1',
  name: 'r1',
  recipe,
  recipeYaml: '',
  baseDir: '',
  demo: true,
  state: 'running' as const,
  phase: 'attempts' as const,
};
await workspace.runs.create({ ...run, end: null, error: null, jobSpace: null, createdAt: 1 });
process.stdout.write('open\n');
setInterval(() => undefined, 1000);
