// ONNX files, written as the messages of Protocol Buffers that they are: https://onnx.ai/onnx/repo-docs/IR.html.

/** An unsigned integer, seven bits a byte. */
function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) {
    bytes.push((value % 128) + 128);
  }
  return Buffer.from([...bytes, value]);
}

/** A field: an integer, or something with a length. */
function field(number, value) {
  if (typeof value === "number") {
    return Buffer.concat([varint(8 * number), varint(value)]);
  }
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(8 * number + 2), varint(bytes.length), bytes]);
}

/** A message of fields: pairs of number and value. */
const message = (...fields) => Buffer.concat(fields.map(([number, value]) => field(number, value)));

const FLOAT = 1;

/** An input of f32. An extent is a number, or the name of one that the file leaves open. */
function input(name, extents) {
  const dims = extents.map((extent) => [1, message([typeof extent === "number" ? 1 : 2, extent])]);
  return message([1, name], [2, message([1, message([1, FLOAT], [2, message(...dims)])])]);
}

function node(operator, inputs, output) {
  return message(...inputs.map((name) => [1, name]), [2, output], [4, operator]);
}

function parameter(name, extents, values) {
  const data = new Float32Array(values).buffer;
  return message(...extents.map((extent) => [1, extent]), [2, FLOAT], [8, name], [9, Buffer.from(data)]);
}

/**
 * A network for images whose height and width are open. Its three scores are the means of the channels and their difference,
 * which tell apart colours, and preprocessings.
 */
export function colours(metadata) {
  const scores = [2, 0, -1, 0, 3, 0, -1, 0, 2];
  const graph = message(
    [1, node("GlobalAveragePool", ["x"], "mean")],
    [1, node("Flatten", ["mean"], "flat")],
    [1, node("Gemm", ["flat", "scores", "bias"], "y")],
    [2, "graph"],
    [5, parameter("scores", [3, 3], scores)],
    [5, parameter("bias", [3], [0, 0, 0])],
    [11, input("x", ["N", 3, "H", "W"])],
    [12, message([1, "y"])],
  );
  const entries = Object.entries(metadata).map(([key, text]) => [14, message([1, key], [2, text])]);
  return message([1, 8], [7, graph], [8, message([1, ""], [2, 17])], ...entries);
}

/** A network with class maps: a convolution, global average pooling, and a score for each of two classes. */
export function maps() {
  const graph = message(
    [1, node("Conv", ["x", "filters", "none"], "features")],
    [1, node("Relu", ["features"], "active")],
    [1, node("GlobalAveragePool", ["active"], "mean")],
    [1, node("Flatten", ["mean"], "flat")],
    [1, node("Gemm", ["flat", "scores", "none"], "y")],
    [2, "graph"],
    [5, parameter("filters", [2, 3, 1, 1], [1, 0, -1, -1, 0, 1])],
    [5, parameter("scores", [2, 2], [2, -1, -1, 2])],
    [5, parameter("none", [2], [0, 0])],
    [11, input("x", ["N", 3, "H", "W"])],
    [12, message([1, "y"])],
  );
  return message([1, 8], [7, graph], [8, message([1, ""], [2, 17])]);
}

/** A network that segments images into three classes by the sums and differences of their colours. */
export function segments() {
  const scores = [0, 0, 0, 3, -2, 0, -1, 2, 0];
  const graph = message(
    [1, node("Conv", ["x", "scores", "bias"], "y")],
    [2, "graph"],
    [5, parameter("scores", [3, 3, 1, 1], scores)],
    [5, parameter("bias", [3], [0.3, 0, 0])],
    [11, input("x", ["N", 3, "H", "W"])],
    [12, message([1, "y"])],
  );
  return message([1, 8], [7, graph], [8, message([1, ""], [2, 17])]);
}

/** A network with an input of three axes and one of one axis; its outputs have three axes and one. */
export function axes() {
  const graph = message(
    [1, node("Mul", ["words", "two"], "doubled")],
    [1, node("Add", ["scale", "one"], "more")],
    [2, "graph"],
    [5, parameter("two", [1], [2])],
    [5, parameter("one", [1], [1])],
    [11, input("words", ["N", 5, 2])],
    [11, input("scale", ["N"])],
    [12, message([1, "doubled"])],
    [12, message([1, "more"])],
  );
  return message([1, 8], [7, graph], [8, message([1, ""], [2, 17])]);
}
