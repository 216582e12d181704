/**
 * A writer of ONNX models, for graphs that are built from code: the known-answer graph that tries out an execution provider,
 * and the tiny models of the tests. It writes the few protobuf messages of onnx.proto (IR 7, opset 12) that such graphs
 * need; nothing here reads models. onnx-proto and protobufjs would do the same with 9 MB of dependency.
 */

export type ElementType = 'float32' | 'uint8' | 'int64' | 'bool' | 'float16';
const ELEMENT: Record<ElementType, number> = { float32: 1, uint8: 2, int64: 7, bool: 9, float16: 10 };

/** A name stands for a size that is known only at run time. */
export type Dimension = number | string;

export interface ValueInfo {
  name: string;
  type: ElementType;
  shape: Dimension[];
}

/** A constant of the graph; row-major. */
export type Constant = { name: string; shape: number[] } & ({ type: 'float32'; values: number[] } | { type: 'int64'; values: number[] });

/** A whole number becomes INT, unless it is given as { float }. */
export type Attribute = number | number[] | string | { float: number };

export interface GraphNode {
  op: string;
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, Attribute>;
}

export interface Graph {
  name: string;
  inputs: ValueInfo[];
  outputs: ValueInfo[];
  constants: Constant[];
  /** In an order in which every input is made before it is used. */
  nodes: GraphNode[];
}

const IR_VERSION = 7;
const OPSET = 12;

/** The bytes of a model, as InferenceSession.create takes them. The same graph always gives the same bytes. */
export function encodeModel(graph: Graph): Uint8Array {
  const opset = message([varint(2, OPSET)]);
  return message([varint(1, IR_VERSION), text(2, 'nhr-studio'), bytes(7, graphProto(graph)), bytes(8, opset)]);
}

function graphProto(graph: Graph): Uint8Array {
  return message([
    ...graph.nodes.map((node, at) => bytes(1, nodeProto(node, `${node.op}_${at}`))),
    text(2, graph.name),
    ...graph.constants.map((constant) => bytes(5, tensorProto(constant))),
    ...graph.inputs.map((value) => bytes(11, valueInfo(value))),
    ...graph.outputs.map((value) => bytes(12, valueInfo(value))),
  ]);
}

function nodeProto({ op, inputs, outputs, attributes = {} }: GraphNode, name: string): Uint8Array {
  return message([
    ...inputs.map((input) => text(1, input)),
    ...outputs.map((output) => text(2, output)),
    text(3, name),
    text(4, op),
    ...Object.entries(attributes).map(([key, value]) => bytes(5, attributeProto(key, value))),
  ]);
}

function attributeProto(name: string, value: Attribute): Uint8Array {
  if (typeof value === 'string') return message([text(1, name), text(4, value), varint(20, 3)]);
  if (Array.isArray(value)) return message([text(1, name), ...value.map((item) => varint(8, item)), varint(20, 7)]);
  if (typeof value === 'object') return message([text(1, name), float(2, value.float), varint(20, 1)]);
  return message([text(1, name), varint(3, value), varint(20, 2)]);
}

function tensorProto({ name, shape, type, values }: Constant): Uint8Array {
  const size = shape.reduce((product, side) => product * side, 1);
  if (size !== values.length) throw new RangeError(`constant ${name}: ${values.length} values for ${shape.join(' x ')}`);
  const raw =
    type === 'float32' ? new Uint8Array(Float32Array.from(values).buffer) : new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return message([...shape.map((side) => varint(1, side)), varint(2, ELEMENT[type]), text(8, name), bytes(9, raw)]);
}

function valueInfo({ name, type, shape }: ValueInfo): Uint8Array {
  const sides = shape.map((side) => bytes(1, message([typeof side === 'number' ? varint(1, side) : text(2, side)])));
  const tensor = message([varint(1, ELEMENT[type]), bytes(2, message(sides))]);
  return message([text(1, name), bytes(2, message([bytes(1, tensor)]))]);
}

// ---------------------------------------------------------------- protobuf, wire types 0, 2 and 5

function message(fields: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(fields.reduce((length, field) => length + field.length, 0));
  let at = 0;
  for (const field of fields) {
    whole.set(field, at);
    at += field.length;
  }
  return whole;
}

/** Negative numbers take ten bytes, as int64 in protobuf does. */
function varintBytes(value: number): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const out: number[] = [];
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return out;
}

function varint(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varintBytes(field << 3), ...varintBytes(value)]);
}

function bytes(field: number, value: Uint8Array): Uint8Array {
  return message([Uint8Array.from([...varintBytes((field << 3) | 2), ...varintBytes(value.length)]), value]);
}

function text(field: number, value: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(value));
}

function float(field: number, value: number): Uint8Array {
  return message([Uint8Array.from(varintBytes((field << 3) | 5)), new Uint8Array(Float32Array.of(value).buffer)]);
}
