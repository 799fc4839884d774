import { asError, MenagerieError } from "./errors.js";
import { readFile, type FileOptions, type FileSource } from "./files.js";
import { Images, type ImageSource, type Picture } from "./images.js";
import { paint, type PaintTarget } from "./targets.js";
import { loadEngine, start, type Engine } from "./wasm.js";

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
  /** The address of `menagerie_web_bg.wasm`, if it does not lie beside the script. */
  wasm?: string | URL;
}

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

/** A class and its probability, from 0 to 1. */
export interface ClassScore {
  label: string;
  index: number;
  probability: number;
}

export interface ClassifyOptions {
  /** The number of classes. By default 5. */
  top?: number;
}

export interface ExplainOptions {
  /** The class, by its index or name; by default the most probable one. */
  class?: number | string;
  /** Where the heat map is painted. It is transparent where the network did not look. */
  target?: PaintTarget;
}

/** Which pixels speak for a class: a heat map in RGBA, rows from the top, of the size of the image. */
export interface Explanation extends ClassScore {
  width: number;
  height: number;
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

export interface SegmentOptions {
  /** Where what was found is painted: the foreground in cyan, or each class in its colour. */
  target?: PaintTarget;
}

/** The probability of the foreground for each pixel, rows from the top. */
export interface Mask {
  kind: "mask";
  width: number;
  height: number;
  probabilities: Float32Array;
  /** The share of pixels with a probability above one half. */
  share: number;
}

/** The class of each pixel, rows from the top, and the share of each class that occurs. */
export interface Segmentation {
  kind: "classes";
  width: number;
  height: number;
  classes: Uint32Array;
  shares: { label: string; index: number; share: number }[];
}

/** Values and extents: `[N, C, H, W]` or `[N, C]`. */
export interface Tensor {
  data: Float32Array;
  dims: number[];
}

/** A dispatch of the network. */
export interface Dispatch {
  layer: string;
  operation: string;
  kernel: string;
  /** Floating-point operations. */
  flops: number;
  /** Bytes read and written at least. */
  bytes: number;
  /** Median time on the GPU, or `null` if the device has no timestamps. */
  milliseconds: number | null;
}

export interface Profile {
  dispatches: Dispatch[];
  /** Median time of a run, from values in memory to values in memory. */
  milliseconds: number;
}

/** How far the answer of the device is from that of the CPU. */
export interface SelfTest {
  /** The largest difference of a value, over the largest magnitude of its output. */
  error: number;
  /** The largest error that is taken for rounding. */
  tolerance: number;
  /** The output with the largest error. */
  output: string;
}

export interface Summary {
  name: string;
  layers: { name: string; kind: string; output: string; parameters: number }[];
  parameters: number;
}

interface About {
  name: string;
  task: "classify" | "segment" | "run";
  labels: string[];
  parameters: number;
  precision: Precision;
  adapter: string;
  notices: string[];
  /** Why there is no adapter. */
  missing: string | null;
}

type Found = Omit<Mask, "kind"> | (Omit<Segmentation, "kind"> & { colours: Uint8ClampedArray<ArrayBuffer> });

/** A network with its weights on a device. Calls that overlap are answered one after the other. */
export class Network {
  readonly #engine: Engine;
  readonly #about: About;
  readonly #images: Images;
  #last: Promise<unknown> = Promise.resolve();
  #lost: Promise<MenagerieError> | undefined;
  #destroyed = false;

  private constructor(engine: Engine) {
    this.#engine = engine;
    this.#about = engine.about as About;
    this.#images = new Images(this.device);
  }

  /** Loads the network `name` with its weights, and compiles it: the first answer takes no longer than the others. */
  static async load(name: string, options: LoadOptions = {}): Promise<Network> {
    const { weights } = options;
    if (weights === undefined) {
      throw new MenagerieError("missing_weights", `${name} needs weights: pass a URL, a file or bytes as the option weights`);
    }
    return Network.#of({ name }, options, weights);
  }

  /** Loads the network of an ONNX file. Its metadata may have the names of its classes and the preprocessing of images. */
  static async fromOnnx(model: FileSource, options: OnnxOptions = {}): Promise<Network> {
    return Network.#of({}, options, model);
  }

  /** Loads the network `name` with random weights, to measure it. */
  static async withSyntheticWeights(name: string, seed = 0, options: Omit<LoadOptions, "weights"> = {}): Promise<Network> {
    return Network.#of({ name, synthetic: seed }, options);
  }

  static async #of(what: object, options: LoadOptions & OnnxOptions, source?: FileSource): Promise<Network> {
    // The module and the files arrive at the same time.
    const reading = source === undefined ? undefined : readFile(source, options);
    const [file, labels] = await Promise.all([reading, readLabels(options), start(options.wasm)]);
    const [height, width] = options.size ?? [];
    const { precision, keepF32, preprocess, dimensions } = options;
    const device = options.device ?? null;
    const wanted = { ...what, file: file?.name, ...labels, height, width, precision, keepF32, preprocess, dimensions, device };
    const network = new Network(await loadEngine(wanted, file?.pieces));
    const { missing, notices } = network.#about;
    if (missing !== null) {
      const { message } = new MenagerieError("no_adapter", missing);
      notices.push(`the network runs on the CPU${precision === undefined ? "" : " in f32"}: ${message}`);
    }
    try {
      options.signal?.throwIfAborted();
      await network.#ask(() => network.#engine.prepare());
      options.signal?.throwIfAborted();
    } catch (error) {
      network.destroy();
      throw error;
    }
    return network;
  }

  /** Its name. */
  get name(): string {
    return this.#about.name;
  }

  /** What it answers: the class of an image, the class of each pixel, or tensors. */
  get task(): "classify" | "segment" | "run" {
    return this.#about.task;
  }

  /** Names of its classes. */
  get labels(): readonly string[] {
    return this.#about.labels;
  }

  /** Number of its parameters. */
  get parameters(): number {
    return this.#about.parameters;
  }

  /** How the device stores weights and activations. */
  get precision(): Precision {
    return this.#about.precision;
  }

  /** The adapter, as far as the browser tells it, or that it runs on the CPU. */
  get adapter(): string {
    const info = this.device?.adapterInfo;
    if (info === undefined) {
      return this.#about.adapter;
    }
    return [info.description || `${info.vendor} ${info.architecture}`.trim() || "unnamed", "(WebGPU)"].join(" ");
  }

  /** What a person should know: that there is no GPU, or what was assumed about the weights. */
  get notices(): readonly string[] {
    return this.#about.notices;
  }

  /** Its device, for your own drawing, or `undefined` on the CPU. */
  get device(): GPUDevice | undefined {
    return (this.#engine.device as GPUDevice | null) ?? undefined;
  }

  /** Resolves when the device is lost. Load the network again then. */
  get lost(): Promise<MenagerieError> {
    this.#lost ??= this.#engine.lost().then((error) => asError(error) as MenagerieError);
    return this.#lost;
  }

  /** The most probable classes of an image, or of each of several. */
  classify(source: ImageSource, options?: ClassifyOptions): Promise<ClassScore[]>;
  classify(sources: readonly ImageSource[], options?: ClassifyOptions): Promise<ClassScore[][]>;
  async classify(
    sources: ImageSource | readonly ImageSource[],
    options: ClassifyOptions = {},
  ): Promise<ClassScore[] | ClassScore[][]> {
    if (!isList(sources)) {
      return this.#look(sources, (picture) => this.#engine.classify(picture, options.top ?? 5));
    }
    const answers: ClassScore[][] = [];
    for (const source of sources) {
      answers.push(await this.classify(source, options));
    }
    return answers;
  }

  /** Which pixels of an image speak for a class. */
  async explain(source: ImageSource, options: ExplainOptions = {}): Promise<Explanation> {
    const index = this.#index(options.class);
    const explanation = await this.#look<Explanation>(source, (picture) => this.#engine.explain(picture, index));
    if (options.target !== undefined) {
      paint(explanation, options.target, this.device);
    }
    return explanation;
  }

  /** What each pixel of an image shows. */
  async segment(source: ImageSource, options: SegmentOptions = {}): Promise<Mask | Segmentation> {
    const found = await this.#look<Found>(source, (picture) => this.#engine.segment(picture));
    const { width, height } = found;
    if (options.target !== undefined) {
      paint({ width, height, pixels: painted(found) }, options.target, this.device);
    }
    if ("probabilities" in found) {
      return { kind: "mask", ...found };
    }
    const { classes, shares } = found;
    return { kind: "classes", width, height, classes, shares };
  }

  /** The feature vector of an image. Similar images have similar vectors. */
  embed(source: ImageSource): Promise<Float32Array> {
    return this.#look(source, (picture) => this.#engine.embed(picture));
  }

  /** The answer to a tensor, or all outputs for inputs by name. Values without extents are one image of the usual size. */
  run(input: Tensor | Float32Array): Promise<Tensor>;
  run(inputs: Record<string, Tensor | Float32Array>): Promise<Record<string, Tensor>>;
  async run(inputs: Tensor | Float32Array | Record<string, Tensor | Float32Array>): Promise<Tensor | Record<string, Tensor>> {
    return this.#ask(() => this.#engine.run(inputs));
  }

  /**
   * Compares the device with the CPU, on a synthetic input. A browser or driver that computes wrongly is an error with the code
   * `self_test`. It computes on the CPU for about as long as a network without WebGPU takes for an image.
   */
  selfTest(): Promise<SelfTest> {
    return this.#ask(() => this.#engine.selfTest());
  }

  /** The time of each dispatch, over a number of runs. */
  profile(runs = 10): Promise<Profile> {
    return this.#ask(() => this.#engine.profile(runs));
  }

  /** Its layers, shapes and parameters. */
  summary(): Promise<Summary> {
    return this.#ask(() => this.#engine.summary());
  }

  /** Frees its memory, after calls under way have ended. */
  destroy(): void {
    if (!this.#destroyed) {
      this.#destroyed = true;
      const free = () => {
        this.#images.destroy();
        this.#engine.free();
      };
      this.#last.then(free, free);
    }
  }

  /** The same as `destroy`, for `using network = await Network.load(...)`. */
  [Symbol.dispose](): void {
    this.destroy();
  }

  #look<T>(source: ImageSource, look: (picture: Picture) => Promise<T>): Promise<T> {
    return this.#ask(async () => look(await this.#images.read(source)));
  }

  /** Calls the bindings when no other call is under way. */
  #ask<T>(call: () => Promise<T>): Promise<T> {
    if (this.#destroyed) {
      return Promise.reject(new MenagerieError("input", `${this.name} was destroyed`));
    }
    const asked = async () => {
      try {
        return await call();
      } catch (error) {
        throw asError(error);
      }
    };
    const answer = this.#last.then(asked, asked);
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  #index(wanted: number | string | undefined): number | undefined {
    if (typeof wanted !== "string") {
      return wanted;
    }
    const index = this.labels.findIndex((label) => label.toLowerCase() === wanted.toLowerCase());
    if (index < 0) {
      throw new MenagerieError("input", `${this.name} has no class ${JSON.stringify(wanted)}`);
    }
    return index;
  }
}

/** The option `labels` as the bindings take it. */
async function readLabels(options: LoadOptions): Promise<object> {
  const { labels } = options;
  if (labels === undefined || isNames(labels)) {
    return { labels };
  }
  // Only the network itself is a progress to report.
  const { signal, cache } = options;
  const file = await readFile(labels, { ...(signal && { signal }), ...(cache !== undefined && { cache }) });
  return { labels: new Uint8Array(await new Blob(file.pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer()), labelsFile: file.name };
}

function isNames(labels: readonly string[] | FileSource): labels is readonly string[] {
  return Array.isArray(labels);
}

function isList(sources: ImageSource | readonly ImageSource[]): sources is readonly ImageSource[] {
  return Array.isArray(sources);
}

/** What a segmentation looks like over a picture. */
function painted(found: Found): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * found.width * found.height);
  for (let pixel = 0; pixel < found.width * found.height; pixel += 1) {
    if ("probabilities" in found) {
      pixels.set([0, 229, 255, 255 * Number((found.probabilities[pixel] ?? 0) > 0.5)], 4 * pixel);
    } else {
      const colour = found.colours.subarray(3 * pixel, 3 * pixel + 3);
      pixels.set([...colour, 255 * Number(found.classes[pixel] !== 0)], 4 * pixel);
    }
  }
  return pixels;
}
