import { z } from 'zod';
import { ProviderError } from '../../../../shared/model/errors.ts';
import type { GradioApp, GradioFunction, GradioParameter } from '../../../../shared/model/gradio.ts';
import type { Wire } from './wire.ts';

/** A function with what the queue needs to know about it. */
export interface CallableFunction extends Omit<GradioFunction, 'byName'> {
  /** The queue calls functions by number. */
  index: number;
  /** For every value that is sent: the parameter it comes from; null for the app's hidden state. */
  slots: (string | null)[];
  /** Where each output stands among the values that come back. */
  outputSlots: number[];
}

export interface CallableApp extends Omit<GradioApp, 'functions'> {
  functions: CallableFunction[];
}

const Component = z.object({
  id: z.number(),
  type: z.string(),
  skip_api: z.boolean().default(false),
  props: z.record(z.string(), z.unknown()).default({}),
});
type Component = z.infer<typeof Component>;

/** The parts of /config that are read; the rest is the page's own. */
const Config = z.object({
  version: z.string(),
  api_prefix: z.string().nullish(),
  max_file_size: z.number().nullish(),
  components: z.array(Component),
  dependencies: z.array(
    z.object({
      id: z.number().optional(),
      api_name: z.union([z.string(), z.boolean()]).nullish(),
      inputs: z.array(z.number()),
      outputs: z.array(z.number()),
    }),
  ),
});
type Config = z.infer<typeof Config>;
type Dependency = Config['dependencies'][number];

const InfoValue = z.object({ label: z.string().nullish(), component: z.string(), type: z.looseObject({}).nullish() });
const Info = z.object({
  named_endpoints: z.record(
    z.string(),
    z.object({
      parameters: z.array(
        InfoValue.extend({
          parameter_name: z.string(),
          parameter_has_default: z.boolean().default(false),
          parameter_default: z.json().optional(),
        }),
      ),
      returns: z.array(InfoValue),
    }),
  ),
});
type InfoFunction = z.infer<typeof Info>['named_endpoints'][string];

/** Reads /config and {prefix}/info: gradio 5 and 6 keep their API under /gradio_api, gradio 4 at the root. Sets the wire's prefix. */
export async function readApp(wire: Wire, signal: AbortSignal): Promise<CallableApp> {
  const config = parsed(Config, await wire.json('/config', signal), wire.where, '/config');
  wire.prefix = config.api_prefix ?? '';
  const info = parsed(Info, await wire.json(`${wire.prefix}/info`, signal), wire.where, `${wire.prefix}/info`);
  const components = new Map(config.components.map((c) => [c.id, c]));
  const functions = Object.entries(info.named_endpoints).flatMap(([name, described]) => {
    const at = config.dependencies.findIndex((d) => d.api_name === name.slice(1));
    const dependency = config.dependencies[at];
    return dependency ? [callable(name, dependency.id ?? at, dependency, described, components, wire.where)] : [];
  });
  return { version: config.version, maxUploadBytes: config.max_file_size ?? null, functions };
}

function callable(
  name: string,
  index: number,
  dependency: Dependency,
  described: InfoFunction,
  components: Map<number, Component>,
  where: string,
): CallableFunction {
  const shown = (id: number) => !components.get(id)?.skip_api;
  const inputs = dependency.inputs.filter(shown);
  const outputs = dependency.outputs.filter(shown);
  if (inputs.length !== described.parameters.length || outputs.length !== described.returns.length)
    throw new ProviderError('badOutput', `${where} describes ${name} in two ways: /config and /info do not agree.`);
  let next = 0;
  return {
    name,
    index,
    parameters: described.parameters.map((p, i) => parameterOf(p, components.get(inputs[i]!))),
    outputs: described.returns.map((r, i) => ({
      label: r.label ?? '',
      component: r.component,
      picture: isPicture(r.component),
      format: textOr(components.get(outputs[i]!)?.props.format, ''),
    })),
    slots: dependency.inputs.map((id) => (shown(id) ? described.parameters[next++]!.parameter_name : null)),
    outputSlots: dependency.outputs.flatMap((id, slot) => (shown(id) ? [slot] : [])),
  };
}

function parameterOf(described: InfoFunction['parameters'][number], component: Component | undefined): GradioParameter {
  const type = described.type ?? {};
  const choices = Array.isArray(type.enum) ? type.enum.filter((c) => typeof c === 'string' || typeof c === 'number') : [];
  return {
    name: described.parameter_name,
    label: described.label ?? '',
    component: described.component,
    type: choices.length > 0 ? 'choice' : isPicture(described.component) ? 'picture' : plainType(type.type),
    hasDefault: described.parameter_has_default,
    default: described.parameter_default ?? null,
    minimum: numberOr(component?.props.minimum, null),
    maximum: numberOr(component?.props.maximum, null),
    choices,
  };
}

function plainType(type: unknown): GradioParameter['type'] {
  if (type === 'string') return 'text';
  if (type === 'number' || type === 'integer') return 'number';
  return type === 'boolean' ? 'boolean' : 'other';
}

function isPicture(component: string): boolean {
  return component === 'Image' || component === 'Imageslider' || component === 'ImageSlider' || component === 'Gallery';
}

function numberOr<T>(value: unknown, other: T): number | T {
  return typeof value === 'number' ? value : other;
}

function textOr(value: unknown, other: string): string {
  return typeof value === 'string' ? value : other;
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, where: string, path: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new ProviderError(
    'notFound',
    `${where}${path} is not the description of a Gradio app (${issue?.path.join('.')}: ${issue?.message}).`,
  );
}
