import { described, MenagerieError } from "./errors.js";
import type { FileOptions, FileSource } from "./files.js";
import type { PaintTarget } from "./targets.js";

/** How a network is loaded. */
export interface LoadOptions extends FileOptions {
  /** The weights: a safetensors or PyTorch file. */
  weights?: FileSource;
  /** Your page's own device; by default one of the browser's default adapter, or the CPU if there is none. */
  device?: GPUDevice | "cpu";
  /**
   * Names of the classes: a list, or a file with a name in each line or in JSON. By default those that belong to the weights,
   * or that the ONNX file has in its metadata.
   */
  labels?: readonly string[] | FileSource;
  /** Height and width of the network's input; by default those that the weights were trained for. */
  size?: [height: number, width: number];
  /** How the device stores weights and activations. By default `f32`. Computations are in f32. */
  precision?: Precision;
  /** Layers or modules that stay in f32, by the names in `summary`. */
  keepF32?: readonly string[];
  /** How an image becomes an input, where it is not as for the weights. */
  preprocess?: Preprocess;
  /**
   * Calls that are prepared besides the network's task, so that the first one takes as long as the others. Each may need kernels
   * and memory of its own on the device. On the CPU, nothing is prepared.
   */
  prepare?: readonly PreparedCall[];
  /** The address of `menagerie_web_bg.wasm`, if it does not lie beside the script. */
  wasm?: string | URL;
}

/** The calls for images, with a target and without. */
export type PreparedCall = "classify" | "embed" | "explain" | "segment";

/** `f16-storage` takes half the memory of `f32`, and runs on every device. An unknown one is an error that lists all. */
export type Precision = "f32" | "f16-storage" | (string & {});

/** How an image becomes an input: resized, then cropped at its centre, then normalised. What is left out is as for the weights. */
export interface Preprocess {
  /** The pixels of the shorter side, or height and width for the whole image. */
  resize?: number | [height: number, width: number];
  /** The size of the input: the centre of what was resized. */
  crop?: number | [height: number, width: number];
  interpolation?: "nearest" | "bilinear" | "bicubic";
  channels?: "rgb" | "bgr" | "gray";
  /** Of pixels from 0 to 1: one number, or one for each channel. */
  mean?: number | [number, number, number];
  std?: number | [number, number, number];
}

/** How the network of an ONNX file is loaded. */
export interface OnnxOptions extends Omit<LoadOptions, "weights"> {
  /** Extents that the file leaves open, by their names in it. Height and width of images are also set by `size`. */
  dimensions?: Readonly<Record<string, number>>;
}

export interface ClassifyOptions {
  /** The number of classes. By default 5. */
  top?: number;
}

export interface ExplainOptions {
  /** The class, by its index or name; by default the most probable one. */
  class?: number | string;
}

/** Where a map is painted, instead of being an answer in memory. It stays on the device. */
export interface PaintOptions {
  target: PaintTarget;
}

/** The calls that a load can prepare. */
const PREPARED: readonly string[] = ["classify", "embed", "explain", "segment"] satisfies PreparedCall[];

/** Checks that the options of a call are an object. */
export function checkObject(options: object): void {
  const isObject = typeof options === "object" && options !== null;
  if (!isObject) {
    throw new MenagerieError("input", `options: expected an object, found ${described(options)}`);
  }
}

/** Checks the options that the bindings would take for something else. Those of files are checked where they are read. */
export function checkOptions(options: LoadOptions & OnnxOptions): void {
  const { device, size, precision, prepare, progress, signal, dimensions } = options;
  const isDevice = typeof device === "object" && device !== null && "createComputePipeline" in device;
  expect("device", device, isDevice || device === "cpu", 'a GPUDevice or "cpu"');
  const isSize = Array.isArray(size) && size.length === 2 && size.every((side) => isCount(side, 1));
  expect("size", size, isSize, "height and width, two whole numbers");
  expect("precision", precision, typeof precision === "string", "a name");
  const isPrepared = Array.isArray(prepare) && prepare.every((call) => PREPARED.includes(call));
  expect("prepare", prepare, isPrepared, `a list of ${PREPARED.join(", ")}`);
  expect("progress", progress, typeof progress === "function", "a function");
  expect("signal", signal, signal instanceof AbortSignal, "an AbortSignal");
  for (const [name, extent] of Object.entries(dimensions ?? {})) {
    expect(`dimensions: ${name}`, extent, isCount(extent, 1), "a whole number from 1 on");
  }
}

/** Checks that an option is a whole number, not below `least`. */
export function checkCount(name: string, value: number | undefined, least: number): void {
  expect(name, value, isCount(value, least), `a whole number from ${least} on`);
}

function isCount(value: unknown, least: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value < 2 ** 32;
}

function expect(name: string, value: unknown, isValid: boolean, expected: string): void {
  if (value !== undefined && value !== null && !isValid) {
    throw new MenagerieError("input", `${name}: expected ${expected}, found ${described(value)}`);
  }
}
