/** Opens the studio: a desktop window where there can be one, else a page for the browser. `npm start -- --help` */
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { become, ensureModules, fail, findNode, root, say } from './bootstrap.mjs';
import { build } from './build.mjs';
import { findElectron, hasDisplay } from './programs.mjs';

const HELP = `npm start -- [--desktop | --browser] [--workspace DIR] [--port N]
  --desktop     a window, or an error that says what is missing
  --browser     a page for the browser, even where a window could be shown
  --workspace   the folder to work in (default: "NHR Studio/demo workspace" among your documents)
  --port        the port of the page (default: any free one)`;

const flags = readFlags();
if (flags.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}
ensureModules();
const node = findNode();
await build(undefined, { quiet: true });
const workspace = resolve(flags.workspace ?? process.env.NHR_WORKSPACE ?? defaultWorkspace());
mkdirSync(workspace, { recursive: true });
const { electron, why } = await chooseHost();
say(`${why} Workspace: ${workspace}`);

if (electron) {
  // Chromium refuses its sandbox to root; on Linux in a container that is the usual user.
  const asRoot = process.platform === 'linux' && process.getuid() === 0;
  become(electron, [...(asRoot ? ['--no-sandbox'] : []), root, '--workspace', workspace], { ...process.env, NHR_NODE: node });
} else {
  become(node, [join(root, 'scripts/browserHost.mjs'), workspace, flags.port ?? '0']);
}

function readFlags() {
  try {
    const options = {
      desktop: { type: 'boolean' },
      browser: { type: 'boolean' },
      workspace: { type: 'string' },
      port: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    };
    const { values } = parseArgs({ options });
    if (values.desktop && values.browser) throw new Error('--desktop and --browser exclude each other.');
    if (values.port !== undefined && !(/^\d+$/.test(values.port) && Number(values.port) < 65_536))
      throw new Error(`--port ${values.port} is no port.`);
    return values;
  } catch (error) {
    process.stderr.write(`${error.message}\n${HELP}\n`);
    return process.exit(2);
  }
}

async function chooseHost() {
  if (flags.browser) return { why: 'Browser host, as asked for.' };
  if (!hasDisplay() && !flags.desktop) return { why: 'Browser host: there is no display here.' };
  if (!hasDisplay()) fail('There is no display for a window.', 'Set DISPLAY, use xvfb-run, or start with --browser.');
  const found = await findElectron({ insist: flags.desktop });
  if (found) return { electron: found, why: `Desktop host: a display and Electron (${found}).` };
  if (flags.desktop) fail('There is no Electron binary.', 'Set ELECTRON_EXEC_PATH to one, or start with --browser.');
  return { why: 'Browser host: there is a display, but no Electron binary.' };
}

function defaultWorkspace() {
  const documents = join(homedir(), 'Documents');
  return join(existsSync(documents) ? documents : homedir(), 'NHR Studio', 'demo workspace');
}
