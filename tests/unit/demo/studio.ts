import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { appRoot } from '../../../src/main/engine/appRoot.ts';
import { createCanvas } from '../../../src/main/engine/pixels/canvas.ts';
import type { CallContext, ChatTask } from '../../../src/main/engine/ports.ts';
import type { Op } from '../../../src/main/engine/providers/demo/algebra.ts';
import { type DesignTask, design } from '../../../src/main/engine/providers/demo/engineer.ts';
import { createDemoProvider } from '../../../src/main/engine/providers/demo/index.ts';
import { read } from '../../../src/main/engine/providers/demo/language.ts';
import type { Truth } from '../../../src/main/engine/providers/demo/memory.ts';
import { sceneFor } from '../../../src/main/engine/providers/demo/prompt.ts';
import type { Scene } from '../../../src/main/engine/providers/demo/scene.ts';
import { type DemoTaskRunner, type DemoTasks, demoTasks } from '../../../src/main/engine/providers/demo/tasks.ts';
import type { Role } from '../../../src/shared/model/provider.ts';

/** Builds the sprites once, as `npm run build` does. */
export function buildSprites(): void {
  if (!existsSync(join(appRoot(), 'out', 'sprites.json')))
    execFileSync(process.execPath, [join(appRoot(), 'scripts', 'extract-sprites.mjs')], { timeout: 20_000 });
}

export const TASK: DesignTask = {
  kind: 'design',
  topics: [],
  styles: ['standard'],
  operations: [],
  minObjects: 2,
  maxObjects: 5,
  count: 6,
  edits: 6,
  composite: true,
  batch: 0,
  problem: 'please',
};

interface Designed {
  scenes: { prompt: string; style: string; edits: { instruction: string; category: string }[] }[];
}

/** What the prompt engineer designs, parsed. */
export function designed(task: Partial<DesignTask>, seed: number): Designed['scenes'] {
  return (JSON.parse(design({ ...TASK, ...task }, seed)) as Designed).scenes;
}

export interface Case {
  scene: Scene;
  op: Op;
  instruction: string;
  category: string;
  prompt: string;
}

/** Scenes with operations that they allow, drawn from a seed. */
export function cases(seed: number, size = { width: 640, height: 512 }, more: Partial<DesignTask> = {}): Case[] {
  return designed(more, seed).flatMap(({ prompt, edits }, i) =>
    edits.map(({ instruction, category }) => {
      const op = read(instruction);
      if (!op) throw new Error(`not readable: ${instruction}`);
      return { scene: sceneFor(prompt, seed * 100 + i, size.width, size.height), op, instruction, category, prompt };
    }),
  );
}

/** A provider whose worker is this process, with its memory, truth and pictures in maps. */
export function studio() {
  const tasks: DemoTasks = demoTasks(createCanvas());
  const scenes = new Map<string, string>();
  const truths = new Map<string, Truth>();
  const blobs = new Map<string, Uint8Array>();
  const ran: string[] = [];
  const run: DemoTaskRunner = (name, input) => {
    ran.push(name);
    return (tasks[name] as (value: typeof input) => Promise<never>)(input);
  };
  const provider = createDemoProvider({
    run,
    readBlob: async (hash) => new Uint8Array(blobs.get(hash) as Uint8Array),
    memory: {
      sceneOf: (hash) => scenes.get(hash),
      remember: async (hash, scene) => {
        scenes.set(hash, scene);
      },
    },
    truth: {
      record: async (hash, truth) => {
        truths.set(hash, JSON.parse(truth) as Truth);
      },
    },
  });
  const store = (bytes: Uint8Array) => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    blobs.set(hash, bytes);
    return hash;
  };
  return {
    provider,
    tasks,
    scenes,
    truths,
    blobs,
    ran,
    store,
    generate: async (prompt: string, seed: number, params: CallContext['params'] = { flaws: 0 }, size = { width: 640, height: 512 }) =>
      store((await provider.generate({ prompt, seed, ...size }, context(params))).value),
    edit: async (image: string, instruction: string, seed: number, mistakes: number) =>
      store((await provider.edit({ image, instruction, seed }, context({ mistakes }))).value),
    ask: async (role: Role, task: ChatTask, seed = 1) =>
      (
        await provider.chat(
          { role, task, prompt: { text: 'x', version: '1', schema: null }, images: [], temperature: 0, seed },
          context({}),
        )
      ).value,
  };
}

/** A call's context that nobody aborts. */
export function context(params: CallContext['params'], signal = new AbortController().signal): CallContext {
  return { signal, model: 'demo-1', params, onRemoteId: async () => undefined };
}
