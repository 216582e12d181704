import { type Document, isMap, LineCounter, parseDocument, stringify } from 'yaml';
import type { z } from 'zod';
import { EndpointProfile, PriceTable } from '../../../shared/model/provider.ts';
import { text } from '../../text.ts';

/** Where a field stands in a profile, for example ['roles', 'imageEditor', 'model']. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with a profile, with the line of its YAML; null where none can be named. */
export interface DraftIssue {
  path: string;
  message: string;
  line: number | null;
}

/** A profile as it is being written. Its text is the truth; form and YAML field both show it, so neither can lose what the other has. */
export interface Draft {
  /** What the form shows; null while the text is not YAML of a list of fields. */
  fields: Record<string, unknown> | null;
  /** Null while there are issues. */
  profile: EndpointProfile | null;
  issues: DraftIssue[];
}

/** Reads a profile in YAML and names every mistake with field and line. */
export function readDraft(yaml: string): Draft {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map((error) => ({
    path: '',
    message: `${text.endpoints.notYaml}: ${error.message}`,
    line: lines.linePos(error.pos[0]).line,
  }));
  if (broken.length > 0) return { fields: null, profile: null, issues: broken };
  if (document.contents !== null && !isMap(document.contents))
    return { fields: null, profile: null, issues: [{ path: '', message: text.endpoints.notFields, line: 1 }] };
  const fields = (document.toJS() ?? {}) as Record<string, unknown>;
  const parsed = EndpointProfile.safeParse(fields, { error: sentenceOf });
  const issues = (parsed.error?.issues ?? []).map((issue) => ({
    path: pathOf(issue),
    message: issue.message,
    line: lineOf(document, lines, issue.path),
  }));
  return { fields, profile: parsed.data ?? null, issues };
}

/** The same YAML with one field changed, comments kept; undefined takes the field out, and groups that are empty then. */
export function setField(yaml: string, path: Path, value: unknown): string {
  const document = parseDocument(yaml);
  if (value === undefined) removeField(document, path);
  else {
    for (let depth = 1; depth < path.length; depth++) {
      const parent = path.slice(0, depth);
      if (!isMap(document.getIn(parent, true))) document.setIn(parent, document.createNode({}));
    }
    document.setIn(path, value);
  }
  return document.contents === null ? '' : document.toString(YAML_STYLE);
}

function removeField(document: Document, path: Path): void {
  if (!document.hasIn(path)) return;
  document.deleteIn(path);
  const parent = path.slice(0, -1);
  const group = document.getIn(parent, true);
  // A role stays bound when its last parameter goes; only groups of nothing but optional values vanish.
  if (parent.length > 0 && VANISHING.has(String(parent.at(-1))) && isMap(group) && group.items.length === 0) document.deleteIn(parent);
}

const VANISHING = new Set(['params', 'prices', 'modelPrices', 'inputs', 'gradio', 'roles']);
const YAML_STYLE = { lineWidth: 0 } as const;

/** A profile as YAML, without what is the default anyway. */
export function toYaml(profile: EndpointProfile): string {
  return stringify(shortened(profile), YAML_STYLE);
}

const PLAIN = EndpointProfile.parse({ id: 'x', transport: 'demo' });
const PLAIN_PRICES = PriceTable.parse({});

function shortened(profile: EndpointProfile): Record<string, unknown> {
  const { prices, modelPrices, roles, ...others } = profile;
  const groups = {
    roles: mapped(roles, ({ params, ...role }) => ({ ...role, ...(isEmpty(params) ? {} : { params }) })),
    prices: without(prices, PLAIN_PRICES),
    modelPrices: mapped(modelPrices, (table) => without(table, PLAIN_PRICES)),
  };
  const shown = Object.entries(groups).filter(([, group]) => !isEmpty(group));
  return { id: profile.id, ...without(others, PLAIN), transport: profile.transport, ...Object.fromEntries(shown) };
}

function mapped<T>(record: Partial<Record<string, T>>, change: (value: T) => object): Record<string, object> {
  return Object.fromEntries(Object.entries(record).flatMap(([name, value]) => (value === undefined ? [] : [[name, change(value)]])));
}

function without(value: object, plain: object): Record<string, unknown> {
  const same = (name: string, field: unknown) => JSON.stringify(field) === JSON.stringify((plain as Record<string, unknown>)[name]);
  return Object.fromEntries(Object.entries(value).filter(([name, field]) => field !== undefined && !same(name, field)));
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

/** The value at a path; undefined where there is none. */
export function fieldAt(fields: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined),
    fields,
  );
}

function pathOf(issue: z.core.$ZodIssue): string {
  const unknown = issue.code === 'unrecognized_keys' ? [issue.keys[0] ?? ''] : [];
  return [...issue.path, ...unknown].map(String).join('.');
}

/** The nearest field that exists: a missing one is shown where its parent stands. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | null {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return null;
}

/** Zod's findings in the words of this page; rules that bring a sentence of their own keep it. */
function sentenceOf(issue: z.core.$ZodRawIssue): string | undefined {
  const say = text.endpoints.issue;
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined || issue.input === null ? say.missing : say.type(String(issue.expected));
    case 'too_small':
      return issue.origin === 'string'
        ? say.missing
        : issue.inclusive
          ? say.atLeast(Number(issue.minimum))
          : say.above(Number(issue.minimum));
    case 'too_big':
      return say.atMost(Number(issue.maximum));
    case 'invalid_value':
      return issue.input === undefined ? say.missing : say.oneOf((issue.values as unknown[]).join(', '));
    case 'unrecognized_keys':
      return say.unknown;
    case 'invalid_format':
      return issue.format === 'url' ? say.address : undefined;
    case 'invalid_union':
      return issue.path?.[0] === 'baseUrl' ? say.address : say.form;
    default:
      return undefined;
  }
}
