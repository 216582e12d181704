import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with the next call; each stands for something seen with real apps. */
export type GradioFault =
  | 'queueFull'
  | 'validator'
  | 'tooLarge'
  | 'status500'
  | 'status429'
  | 'hiddenError'
  | 'cancelledThere'
  | 'nothing'
  | 'wordsInstead'
  | 'htmlPicture'
  | 'foreignUrl'
  | 'wrongUrl'
  | 'silence'
  | 'cut'
  | 'garbled'
  | 'stopped'
  | 'forgotten'
  | 'redirect'
  | 'drip';

export interface FakeGradioOptions {
  /** gradio 5 and 6 have /gradio_api, gradio 4 has none. */
  prefix?: string;
  /** Wanted as Bearer token with every request. */
  token?: string;
  /** Wants the app's own login. */
  login?: { user: string; password: string };
  /** Makes the result; the uploaded picture itself when left out. */
  paint?(call: { data: unknown[]; source: Uint8Array | undefined }): Promise<Uint8Array> | Uint8Array;
}

export interface FakeGradio {
  url: string;
  /** Values of every accepted call, in order. */
  calls: { name: string; data: unknown[] }[];
  /** Every request as METHOD path. */
  requests: string[];
  /** Event ids that were cancelled. */
  cancelled: string[];
  /** The next call meets this. */
  next(fault: GradioFault): void;
  /** Forgets logins, as a restart does. */
  forgetLogins(): void;
  close(): Promise<void>;
}

type Knob = [name: string, component: string, value: unknown, range?: [number, number] | string[]];
const KNOBS: Knob[] = [
  ['show_thinking', 'Checkbox', false],
  ['cfg_text_scale', 'Slider', 4, [1, 8]],
  ['cfg_img_scale', 'Slider', 2, [1, 4]],
  ['cfg_interval', 'Slider', 0, [0, 1]],
  ['timestep_shift', 'Slider', 3, [1, 10]],
  ['num_timesteps', 'Slider', 50, [10, 100]],
  ['cfg_renorm_min', 'Slider', 0, [0, 1]],
  ['cfg_renorm_type', 'Dropdown', 'text_channel', ['global', 'local', 'text_channel']],
  ['max_think_token_n', 'Slider', 1024, [64, 4006]],
  ['do_sample', 'Checkbox', false],
  ['text_temperature', 'Slider', 0.3, [0.1, 1]],
  ['seed', 'Slider', 0, [0, 1_000_000]],
];
const PROMPT: Knob = ['prompt', 'Textbox', 'a sample text'];
const RATIO: Knob = ['image_ratio', 'Dropdown', '1:1', ['1:1', '4:3', '3:4', '16:9', '9:16']];
const FUNCTIONS: { name: string; inputs: Knob[] }[] = [
  { name: 'process_text_to_image', inputs: [PROMPT, ...KNOBS.filter(([name]) => name !== 'cfg_img_scale'), RATIO] },
  { name: 'process_edit_image', inputs: [['image', 'Image', undefined], PROMPT, ...KNOBS] },
];
const TYPES: Record<string, string> = { Checkbox: 'boolean', Slider: 'number', Dropdown: 'string', Textbox: 'string', Image: 'object' };

/** A Gradio app in this process that speaks as gradio/routes.py does, with the stock BAGEL functions and faults on demand. */
export async function startFakeGradio(options: FakeGradioOptions = {}): Promise<FakeGradio> {
  const prefix = options.prefix ?? '/gradio_api';
  const files = new Map<string, Uint8Array>();
  const sessions = new Map<string, { event: string; name: string; data: unknown[]; fault: GradioFault | undefined }>();
  const logins = new Set<string>();
  const faults: GradioFault[] = [];
  const fake = { calls: [] as FakeGradio['calls'], requests: [] as string[], cancelled: [] as string[] };
  let url = '';

  function allowed(request: IncomingMessage): boolean {
    if (options.token) return request.headers.authorization === `Bearer ${options.token}`;
    return options.login === undefined || known(request);
  }

  function known(request: IncomingMessage): boolean {
    return logins.has(/access-token-unsecure-fake=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
  }

  function login(body: string, response: ServerResponse): ServerResponse {
    // As a form of either kind: the official client sends multipart.
    const form = new URLSearchParams(body);
    const field = (name: string) => form.get(name) ?? new RegExp(`name="${name}"\\r\\n\\r\\n(.*)\\r\\n`).exec(body)?.[1];
    if (field('username') !== options.login?.user || field('password') !== options.login?.password)
      return json(response, { detail: 'Incorrect credentials.' }, 400);
    const token = randomUUID().replaceAll('-', '');
    logins.add(token);
    response.setHeader('set-cookie', [
      `access-token-fake=${token}; HttpOnly; Path=/; SameSite=none; Secure`,
      `access-token-unsecure-fake=${token}; HttpOnly; Path=/; SameSite=lax`,
    ]);
    return json(response, { success: true });
  }

  function upload(body: Buffer, response: ServerResponse): ServerResponse {
    if (take('tooLarge')) return text(response, 'File size exceeded maximum allowed size of 1024 bytes.', 413);
    const start = body.indexOf('\r\n\r\n') + 4;
    const end = body.lastIndexOf('\r\n--');
    const path = `/tmp/gradio/${randomUUID()}/source.png`;
    files.set(path, new Uint8Array(body.subarray(start, end)));
    return json(response, [path]);
  }

  function take(...wanted: GradioFault[]): GradioFault | undefined {
    return faults[0] !== undefined && wanted.includes(faults[0]) ? faults.shift() : undefined;
  }

  function join(body: string, response: ServerResponse): ServerResponse {
    const { data, fn_index, session_hash } = JSON.parse(body) as { data: unknown[]; fn_index: number; session_hash: string };
    const refusal = take('queueFull', 'validator', 'status500', 'status429', 'redirect');
    if (refusal === 'queueFull') return json(response, { detail: 'Queue is full. Max size is 1 and size is 1.' }, 503);
    if (refusal === 'validator') return json(response, { detail: [{ is_valid: false, message: 'The prompt is too long.' }] }, 422);
    if (refusal === 'status500') return text(response, '<html>Internal Server Error</html>', 500);
    if (refusal === 'status429') {
      response.setHeader('retry-after', '7');
      return json(response, { detail: 'Too many requests' }, 429);
    }
    if (refusal === 'redirect') {
      response.setHeader('location', 'https://elsewhere.example/queue/join');
      return text(response, '', 307);
    }
    const fn = FUNCTIONS[fn_index]!;
    const event = randomUUID().replaceAll('-', '');
    fake.calls.push({ name: fn.name, data });
    sessions.set(session_hash, { event, name: fn.name, data, fault: faults.shift() });
    return json(response, { event_id: event });
  }

  async function stream(session: string, response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const say = (message: object) => response.write(`data: ${JSON.stringify(message)}\n\n`);
    const job = sessions.get(session);
    if (!job || job.fault === 'forgotten') {
      say({ msg: 'unexpected_error', event_id: null, message: '404: Session not found.', session_not_found: true, success: false });
      return void setTimeout(() => response.destroy(), 50);
    }
    sessions.delete(session);
    const event_id = job.event;
    say({ msg: 'estimation', event_id, rank: 1, queue_size: 2, rank_eta: 20 });
    say({ msg: 'estimation', event_id: 'another-event', rank: 40, queue_size: 41, rank_eta: 800 });
    say({ msg: 'estimation', event_id, rank: 0, queue_size: 1, rank_eta: 10 });
    say({ msg: 'process_starts', event_id, eta: 10 });
    if (job.fault === 'silence') return;
    if (job.fault === 'cut') return void setTimeout(() => response.destroy(), 50);
    if (job.fault === 'garbled') return void response.end('data: {"msg": "process_com\n\n');
    if (job.fault === 'stopped') {
      say({ msg: 'unexpected_error', event_id: null, message: 'Server stopped unexpectedly.', session_not_found: false, success: false });
      return void response.end();
    }
    for (const index of [1, 2])
      say({ msg: 'progress', event_id, progress_data: [{ index, length: 2, unit: 'steps', progress: null, desc: 'Denoising' }] });
    say({ msg: 'heartbeat' });
    const completed = { msg: 'process_completed', event_id, ...(await outcome(job)) };
    const line = `data: ${JSON.stringify(completed)}\r\n\r\n`;
    if (job.fault === 'drip')
      for (const letter of line) {
        response.write(letter);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    else response.write(line);
    say({ msg: 'close_stream', event_id: null });
    response.end();
  }

  async function outcome(job: { name: string; data: unknown[]; fault: GradioFault | undefined }): Promise<object> {
    if (job.fault === 'hiddenError') return { output: { error: null }, success: false, title: 'Error' };
    if (job.fault === 'cancelledThere') return { output: {}, success: true };
    const made = (value: unknown, words = '') => ({ output: { data: [value, words], is_generating: false, duration: 2.5 }, success: true });
    if (job.fault === 'nothing') return made(null, 'I would rather not.');
    if (job.fault === 'wordsInstead') return made('Please upload an image.');
    const source = files.get((job.data[0] as { path?: string } | null)?.path ?? '');
    const bytes = job.fault === 'htmlPicture' ? Buffer.from('<!doctype html><p>Sign in') : await painted(job.data, source);
    const path = `/tmp/gradio/${randomUUID()}/image.webp`;
    files.set(path, bytes);
    const file = {
      path,
      url: `${url}${prefix}/file=${path}`,
      size: null,
      orig_name: 'image.webp',
      mime_type: null,
      is_stream: false,
      meta: { _type: 'gradio.FileData' },
    };
    if (job.fault === 'foreignUrl') return made({ ...file, url: 'http://169.254.169.254/file' });
    if (job.fault === 'wrongUrl') return made({ ...file, url: `${url}/behind/a/tunnel${path}` });
    return made(file);
  }

  async function painted(data: unknown[], source: Uint8Array | undefined): Promise<Uint8Array> {
    if (options.paint) return await options.paint({ data, source });
    if (!source) throw new Error('a fake that paints from text needs options.paint');
    return source;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const path = decodeURI(request.url ?? '/');
    fake.requests.push(`${request.method} ${path}`);
    const body = await bodyOf(request);
    if (path === '/login') return login(body.toString(), response);
    if (!allowed(request)) return json(response, { detail: 'Not authenticated' }, 401);
    if (path === '/config') return json(response, config(prefix, url));
    if (!path.startsWith(prefix)) return text(response, 'Not Found', 404);
    const route = path.slice(prefix.length);
    if (route === '/info') return json(response, info());
    if (route.startsWith('/upload')) return upload(body, response);
    if (route === '/queue/join' || route.startsWith('/queue/join?')) return join(body.toString(), response);
    if (route.startsWith('/queue/data?')) return await stream(new URLSearchParams(route.split('?')[1]).get('session_hash') ?? '', response);
    if (route === '/cancel') {
      fake.cancelled.push((JSON.parse(body.toString()) as { event_id: string }).event_id);
      return json(response, { success: true });
    }
    if (route.startsWith('/file=')) {
      const bytes = files.get(route.slice('/file='.length));
      return bytes ? response.end(bytes) : json(response, { detail: 'File not found' }, 404);
    }
    return text(response, 'Not Found', 404);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => text(response, error.message, 500));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...fake,
    url,
    next: (fault) => faults.push(fault),
    forgetLogins: () => logins.clear(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The parts of /config that clients read. Components are numbered 100, 200, ... by function. */
function config(prefix: string, url: string): object {
  const component = (id: number, [name, type, value, range]: Knob) => ({
    id,
    type: type.toLowerCase(),
    props: {
      name,
      label: name,
      value,
      ...(typeof range?.[0] === 'number' ? { minimum: range[0], maximum: range[1] } : {}),
      ...(type === 'Image' ? { format: 'webp' } : {}),
    },
    skip_api: false,
  });
  const outputs = (fn: number) => [fn * 100 + 90, fn * 100 + 91];
  return {
    version: prefix === '' ? '4.44.1' : '6.31.0',
    ...(prefix === '' ? {} : { api_prefix: prefix }),
    protocol: 'sse_v3',
    root: url,
    enable_queue: true,
    show_error: false,
    max_file_size: null,
    connect_heartbeat: false,
    is_space: false,
    components: FUNCTIONS.flatMap(({ inputs }, i) => [
      ...inputs.map((knob, k) => component((i + 1) * 100 + k, knob)),
      component(outputs(i + 1)[0]!, ['result', 'Image', null]),
      component(outputs(i + 1)[1]!, ['thinking', 'Textbox', '']),
    ]),
    dependencies: FUNCTIONS.map(({ name, inputs }, i) => ({
      id: i,
      api_name: name,
      targets: [],
      inputs: inputs.map((_, k) => (i + 1) * 100 + k),
      outputs: outputs(i + 1),
      queue: true,
      backend_fn: true,
      types: { generator: false, cancel: false },
      connection: 'sse',
      show_api: true,
    })),
  };
}

function info(): object {
  const described = ([name, component, , range]: Knob) => ({
    label: name,
    type: typeof range?.[0] === 'string' ? { type: 'string', enum: range } : { type: TYPES[component] },
    python_type: { type: 'Any', description: '' },
    component,
    example_input: null,
  });
  const named = FUNCTIONS.map(({ name, inputs }) => [
    `/${name}`,
    {
      parameters: inputs.map((knob) => ({
        ...described(knob),
        parameter_name: knob[0],
        parameter_has_default: knob[2] !== undefined,
        parameter_default: knob[2] ?? null,
      })),
      returns: [described(['result', 'Image', null]), described(['thinking', 'Textbox', ''])],
    },
  ]);
  return { named_endpoints: Object.fromEntries(named), unnamed_endpoints: {} };
}

function json(response: ServerResponse, body: unknown, status = 200): ServerResponse {
  return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function text(response: ServerResponse, body: string, status: number): ServerResponse {
  return response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
