/** A process that makes 24 variants of one picture, four at a time, until it is done or killed; what was interrupted goes on first. */
import { createEngine } from '../../../src/main/engine/index.ts';
import { EndpointProfile } from '../../../src/shared/model/provider.ts';
import { solidPng } from '../../helpers/fakes/png.ts';

const [workspaceDir, url] = process.argv.slice(2) as [string, string];
const quiet = { info: () => undefined, warn: () => undefined, error: (message: string) => process.stderr.write(`${message}\n`) };

const engine = await createEngine({ workspaceDir, create: true, resumeInterrupted: true, log: quiet });
const { edit, endpoints, system } = engine.client;
const events = await system.events({});
void (async () => {
  for await (const { event } of events)
    if (event.type === 'editNode' && event.node.state === 'done') process.send?.({ done: event.node.seed });
})();
await endpoints.save(
  EndpointProfile.parse({
    id: 'paid',
    transport: 'openai',
    dialect: 'vllm-omni',
    baseUrl: `${url}/v1`,
    prices: { usdPerImage: 0.01 },
    roles: { imageEditor: { model: 'bagel', bagel: {} } },
  }),
);
let [session] = (await edit.sessions({ limit: 1 })).items;
if (!session) {
  const { hash } = await engine.takePicture(solidPng(512, 512, [90, 140, 200]), 'wall.png');
  session = await edit.start({ start: { from: 'upload', hash, name: 'wall.png' } });
}
const sessionId = session.id;
process.send?.({ ready: true });

async function atRest(): Promise<number[]> {
  for (;;) {
    const now = await edit.get({ sessionId });
    if (now.open === 0) return now.nodes.map((node) => node.seed);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
for (let seed = 1; seed <= 24; seed += 4) {
  const known = await atRest();
  const judges = { softJudge: null, validator: null, checks: false };
  if (!known.includes(seed))
    await edit.ask({
      sessionId,
      parentId: session.currentId,
      instruction: 'Paint it',
      variants: 4,
      seed,
      editor: { profile: 'paid' },
      judges,
    });
}
await atRest();
await engine.close();
process.disconnect?.();
