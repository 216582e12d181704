import { binary, i32, struct, type ThriftValue } from './thrift.ts';

export type LeafType = 'string' | 'int32' | 'int64' | 'double' | 'boolean' | 'binary';
export type ColumnType = LeafType | 'image' | { list: ColumnType };

/** A column of a file. `optional: false` makes it REQUIRED: a null in it is then refused. Lists and pictures are always optional. */
export interface ParquetColumn {
  name: string;
  type: ColumnType;
  optional?: boolean;
}

/** A node of the schema tree as Parquet has it. */
export type Node =
  | { kind: 'leaf'; name: string; optional: boolean; type: LeafType }
  | { kind: 'group'; name: string; children: Node[] }
  | { kind: 'list'; name: string; element: Node };

/** Where a leaf is, and how deep its levels go: definition counts optional and repeated parents, repetition the repeated ones. */
export interface Leaf {
  path: string[];
  type: LeafType;
  maxDefinition: number;
  maxRepetition: number;
}

/** Numbers of parquet.thrift. */
const PHYSICAL: Record<LeafType, number> = { boolean: 0, int32: 1, int64: 2, double: 5, string: 6, binary: 6 };
const REPETITION = { required: 0, optional: 1, repeated: 2 };
const CONVERTED = { utf8: 0, list: 3 };
const LOGICAL = { string: 1, list: 3 };

/** The tree of a column. */
export function nodeOf({ name, type, optional = true }: ParquetColumn): Node {
  if (type === 'image')
    return {
      kind: 'group',
      name,
      children: [nodeOf({ name: 'bytes', type: 'binary' }), nodeOf({ name: 'path', type: 'string' })],
    };
  if (typeof type === 'object') return { kind: 'list', name, element: nodeOf({ name: 'element', type: type.list }) };
  return { kind: 'leaf', name, type, optional };
}

/** The leaves below a node, in the order their column chunks are written. */
export function leavesOf(node: Node, path: string[] = [], definition = 0, repetition = 0): Leaf[] {
  const here = [...path, node.name];
  switch (node.kind) {
    case 'leaf':
      return [
        {
          path: here,
          type: node.type,
          maxDefinition: definition + (node.optional ? 1 : 0),
          maxRepetition: repetition,
        },
      ];
    case 'group':
      return node.children.flatMap((child) => leavesOf(child, here, definition + 1, repetition));
    case 'list':
      // One level for the list itself, one for its repeated group.
      return leavesOf(node.element, [...here, 'list'], definition + 2, repetition + 1);
  }
}

export function physicalType(type: LeafType): number {
  return PHYSICAL[type];
}

/** The schema elements of the footer, depth first under one root. */
export function schemaElements(nodes: readonly Node[]): ThriftValue[] {
  return [struct({ 4: binary('schema'), 5: i32(nodes.length) }), ...nodes.flatMap(elementsOf)];
}

function elementsOf(node: Node): ThriftValue[] {
  switch (node.kind) {
    case 'leaf': {
      const text = node.type === 'string';
      const element = struct({
        1: i32(PHYSICAL[node.type]),
        3: i32(node.optional ? REPETITION.optional : REPETITION.required),
        4: binary(node.name),
        6: text ? i32(CONVERTED.utf8) : undefined,
        10: text ? struct({ [LOGICAL.string]: struct({}) }) : undefined,
      });
      return [element];
    }
    case 'group':
      return [
        struct({ 3: i32(REPETITION.optional), 4: binary(node.name), 5: i32(node.children.length) }),
        ...node.children.flatMap(elementsOf),
      ];
    case 'list':
      return [
        struct({
          3: i32(REPETITION.optional),
          4: binary(node.name),
          5: i32(1),
          6: i32(CONVERTED.list),
          10: struct({ [LOGICAL.list]: struct({}) }),
        }),
        struct({ 3: i32(REPETITION.repeated), 4: binary('list'), 5: i32(1) }),
        ...elementsOf(node.element),
      ];
  }
}
