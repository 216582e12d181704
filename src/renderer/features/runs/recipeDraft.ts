import { type Document, isCollection, isMap, isNode, isScalar, parseDocument, stringify } from 'yaml';

export type Path = readonly (string | number)[];

/**
 * What a recipe's text holds, for the form: values as they are written, without defaults; null when it is no YAML or no map, since
 * a form over half a text would lose the other half.
 */
export function readDraft(yaml: string): Record<string, unknown> | null {
  const document = parseDocument(yaml);
  if (document.errors.length > 0) return null;
  const value: unknown = document.toJS();
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}

/** The value at a path, or undefined. */
export function valueAt(draft: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined),
    draft,
  );
}

/**
 * The text with one field set, or taken out when the value is undefined. Only the text of the field itself changes where that can
 * be done; else the text is written anew, which keeps comments and order of keys but not spaces. A group that has lost its last
 * field goes too. Text that cannot be read is given back as it is.
 */
export function withField(yaml: string, path: Path, value: unknown): string {
  const document = parseDocument(yaml);
  if (document.errors.length > 0) return yaml;
  const patched =
    value === undefined ? withoutLine(yaml, document, path) : (replaced(yaml, document, path, value) ?? added(yaml, document, path, value));
  if (value !== undefined) document.setIn(path, document.createNode(value, { flow: true }));
  else {
    if (!document.hasIn(path)) return yaml;
    document.deleteIn(path);
    const parent = path.slice(0, -1);
    const left = parent.length > 0 ? document.getIn(parent) : undefined;
    if (isCollection(left) && left.items.length === 0) document.deleteIn(parent);
  }
  const wanted = JSON.stringify(document.toJS());
  return patched !== null && meaning(patched) === wanted ? patched : document.toString({ lineWidth: 0 });
}

/** What a text says, to be compared; empty when it says nothing. */
function meaning(yaml: string): string {
  const document = parseDocument(yaml);
  return document.errors.length > 0 ? '' : JSON.stringify(document.toJS());
}

/** A value on one line, safe in flow and in block; groups with a space inside their braces, lists without, as people write them. */
function inline(value: unknown): string {
  if (!plain(value) && !Array.isArray(value)) {
    const fields = Object.entries(value as Record<string, unknown>).map(([key, item]) => `${inline(key)}: ${inline(item)}`);
    return `{ ${fields.join(', ')} }`;
  }
  return stringify([value], { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trim().slice(1, -1);
}

/** The value written over the one that is there. */
function replaced(yaml: string, document: Document, path: Path, value: unknown): string | null {
  const node = document.getIn(path, true);
  if (!isNode(node) || !node.range) return null;
  return yaml.slice(0, node.range[0]) + inline(value) + yaml.slice(node.range[1]);
}

/** The field put behind the last one of the nearest group that is there, or a new group at the end. */
function added(yaml: string, document: Document, path: Path, value: unknown): string | null {
  const depths = path.map((_, i) => path.length - 1 - i);
  const groupAt = (depth: number) => (depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true));
  const depth = depths.find((one) => isMap(groupAt(one))) ?? 0;
  const nested = path.slice(depth + 1).reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);
  const key = path[depth];
  if (key === undefined) return null;
  if (depth === 0 && path.length > 1) return `${yaml.replace(/\n*$/, '')}\n${stringify({ [key]: nested }, { lineWidth: 0 })}`;
  const parent = groupAt(depth);
  if (!isMap(parent) || !parent.range || parent.items.length === 0) return null;
  const field = `${inline(key)}: ${inline(nested)}`;
  if (parent.flow) {
    const end = parent.range[1] - 1;
    const padding = /\s$/.test(yaml.slice(0, end)) ? ' ' : '';
    return `${yaml.slice(0, end).trimEnd()}, ${field}${padding}${yaml.slice(end)}`;
  }
  const [first, last] = [parent.items[0]?.key, parent.items.at(-1)?.value];
  if (!isNode(first) || !first.range || !isNode(last) || !last.range) return null;
  const indent = yaml.slice(yaml.lastIndexOf('\n', first.range[0] - 1) + 1, first.range[0]);
  const at = yaml.indexOf('\n', Math.max(last.range[1] - 1, 0));
  return at < 0 ? `${yaml}\n${indent}${field}\n` : `${yaml.slice(0, at)}\n${indent}${field}${yaml.slice(at)}`;
}

/** The lines of the field taken out. */
function withoutLine(yaml: string, document: Document, path: Path): string | null {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair =
    isMap(parent) && !parent.flow ? parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1)) : undefined;
  if (!pair || !isNode(pair.key) || !pair.key.range || !isNode(pair.value) || !pair.value.range) return null;
  if (isMap(parent) && parent.items.length === 1) return path.length > 1 ? withoutLine(yaml, document, path.slice(0, -1)) : null;
  const start = yaml.lastIndexOf('\n', pair.key.range[0] - 1) + 1;
  const end = yaml.indexOf('\n', Math.max(pair.value.range[1] - 1, 0));
  return yaml.slice(0, start) + (end < 0 ? '' : yaml.slice(end + 1));
}

const plain = (value: unknown) => typeof value !== 'object' || value === null;

/** Every field of `value` set in the text, deep. */
export function withFields(yaml: string, value: Record<string, unknown>, at: Path = []): string {
  return Object.entries(value).reduce((text, [key, item]) => {
    const path = [...at, key];
    return plain(item) || Array.isArray(item) ? withField(text, path, item) : withFields(text, item as Record<string, unknown>, path);
  }, yaml);
}
