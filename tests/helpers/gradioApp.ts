import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Gradio as it is out there: the newest, and the last of both generations before it with what they still work with. */
export const GRADIOS: Record<string, string[]> = {
  '6.31.0': ['gradio==6.31.0', 'numpy==2.4.6', 'pillow==12.3.0'],
  '5.50.0': ['gradio==5.50.0', 'numpy==2.4.6', 'pillow==11.3.0'],
  '4.44.1': [
    'gradio==4.44.1',
    'numpy==2.4.6',
    'pillow==10.4.0',
    'pydantic==2.10.6',
    'huggingface_hub==0.25.2',
    'starlette==0.41.3',
    'fastapi==0.115.14',
    'jinja2==3.1.4',
  ],
};

const APP = join(import.meta.dirname, '../interop/gradio_bagel_app.py');
const START_TIMEOUT_MS = 90_000;

/** A real Gradio app that runs. */
export interface GradioApp {
  url: string;
  port: number;
  /** Ends it the hard way. */
  kill(): Promise<void>;
}

/** Starts gradio_bagel_app.py with these options and waits until it answers. */
export async function startGradioApp(python: string, options: string[] = [], port?: number): Promise<GradioApp> {
  const at = port ?? (await freePort());
  const env = { ...process.env, GRADIO_ANALYTICS_ENABLED: 'False', HF_HUB_OFFLINE: '1' };
  const child = spawn(python, [APP, '--port', String(at), ...options], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const url = `http://127.0.0.1:${at}`;
  const until = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(url))) {
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`The Gradio app did not start: ${said}`);
    }
    await delay(200);
  }
  return { url, port: at, kill: () => killed(child) };
}

async function answers(url: string): Promise<boolean> {
  const reply = await fetch(`${url}/config`).catch(() => undefined);
  await reply?.arrayBuffer();
  // An app with a login answers 401.
  return reply?.status === 200 || reply?.status === 401;
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
