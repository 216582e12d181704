#!/usr/bin/env node
/** The command line from a clone: sets itself up without a word on stdout, then is `nhr`. `bench NAME` runs the benchmarks. */
import { join } from 'node:path';
import { become, ENGINE_FLAGS, ensureModules, findNode, root } from './bootstrap.mjs';
import { build } from './build.mjs';

const [command, ...rest] = process.argv.slice(2);
ensureModules();
const node = findNode();
await build(['sprites', 'engine'], { quiet: true });
if (command === 'bench') become(node, [...ENGINE_FLAGS, join(root, 'tests/bench/run.ts'), ...rest]);
else become(node, [...ENGINE_FLAGS, join(root, 'out/engine/cli.js'), ...process.argv.slice(2)]);
