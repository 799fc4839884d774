import type { ClassScore, Explanation, Mask, Profile, Roofline, Segmentation, SelfTest, Summary, Tensor } from "./answers.js";
import { asError, described, lossOf, MenagerieError } from "./errors.js";
import { readFile, type FileSource } from "./files.js";
import { Images, type ImageSource, type Picture } from "./images.js";
import { loaded, readLabels } from "./loading.js";
import {
  checkCount,
  checkObject,
  checkOptions,
  type ClassifyOptions,
  type ExplainOptions,
  type LoadOptions,
  type OnnxOptions,
  type PaintOptions,
  type Precision,
} from "./options.js";
import { checkTarget, paint, type PaintTarget, Targets } from "./targets.js";
import { start, type Engine } from "./wasm.js";

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

/** How a map is painted, with an answer of its own. */
interface Painter<T> {
  onDevice(texture: GPUTexture): Promise<T>;
  inMemory(): Promise<[pixels: Uint8ClampedArray<ArrayBuffer>, answer: T]>;
}

/** A network with its weights on a device. Calls that overlap are answered one after the other. */
export class Network {
  readonly #engine: Engine;
  readonly #about: About;
  readonly #device: GPUDevice | undefined;
  readonly #images: Images;
  /** On a GPU. */
  readonly #targets: Targets | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #lost: Promise<MenagerieError> | undefined;
  #destroyed = false;

  private constructor(engine: Engine) {
    this.#engine = engine;
    this.#about = engine.about as About;
    this.#device = (engine.device as GPUDevice | null) ?? undefined;
    this.#images = new Images(this.#device);
    this.#targets = this.#device && new Targets(this.#device);
  }

  /** Loads the network `name` with its weights, and compiles it: the first answer takes no longer than the others. */
  static async load(name: string, options: LoadOptions = {}): Promise<Network> {
    checkObject(options);
    const { weights } = options;
    if (typeof name !== "string") {
      throw new MenagerieError("input", `expected the name of a network, found ${described(name)}`);
    }
    if (weights === undefined || weights === null) {
      throw new MenagerieError("missing_weights", `${name} needs weights: pass a URL, a file or bytes as the option weights`);
    }
    return Network.#of({ name }, options, weights);
  }

  /** Loads the network of an ONNX file. Its metadata may have the names of its classes and the preprocessing of images. */
  static async fromOnnx(model: FileSource, options: OnnxOptions = {}): Promise<Network> {
    checkObject(options);
    return Network.#of({}, options, model);
  }

  /** Loads the network `name` with random weights, to measure it. */
  static async withSyntheticWeights(name: string, seed = 0, options: Omit<LoadOptions, "weights"> = {}): Promise<Network> {
    checkObject(options);
    checkCount("seed", seed, 0);
    return Network.#of({ name, synthetic: seed }, options);
  }

  static async #of(what: object, options: LoadOptions & OnnxOptions, source?: FileSource): Promise<Network> {
    checkOptions(options);
    // The module and the files arrive at the same time.
    const reading = "synthetic" in what ? undefined : readFile(source, options);
    const [file, labels] = await Promise.all([reading, readLabels(options), start(options.wasm)]);
    const [height, width] = options.size ?? [];
    const { precision, keepF32, preprocess, dimensions } = options;
    const device = options.device ?? null;
    const wanted = { ...what, file: file?.name, ...labels, height, width, precision, keepF32, preprocess, dimensions, device };
    options.signal?.throwIfAborted();
    const network = new Network(await loaded(wanted, file?.pieces, source, options.labels));
    const { missing, notices } = network.#about;
    if (missing !== null) {
      const { message } = new MenagerieError("no_adapter", missing);
      notices.push(`the network runs on the CPU${precision === undefined ? "" : " in f32"}: ${message}`);
    }
    try {
      options.signal?.throwIfAborted();
      await network.#ask(() => network.#engine.prepare([...(options.prepare ?? [])]));
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
    return this.#device;
  }

  /** Resolves when the device is lost. Load the network again then. On the CPU, it never resolves. */
  get lost(): Promise<MenagerieError> {
    this.#lost ??= this.#device?.lost.then(lossOf) ?? new Promise(() => undefined);
    return this.#lost;
  }

  /** The most probable classes of an image, or of each of several. */
  classify(source: ImageSource, options?: ClassifyOptions): Promise<ClassScore[]>;
  classify(sources: readonly ImageSource[], options?: ClassifyOptions): Promise<ClassScore[][]>;
  async classify(
    sources: ImageSource | readonly ImageSource[],
    options: ClassifyOptions = {},
  ): Promise<ClassScore[] | ClassScore[][]> {
    checkObject(options);
    checkCount("top", options.top, 1);
    if (!isList(sources)) {
      return this.#look(sources, (picture) => this.#engine.classify(picture, options.top ?? 5));
    }
    const answers: ClassScore[][] = [];
    for (const source of sources) {
      answers.push(await this.classify(source, options));
    }
    return answers;
  }

  /**
   * Which pixels of an image speak for a class. With a `target`, the heat map is painted there, transparent where the network did
   * not look, and only the class is an answer.
   */
  explain(source: ImageSource, options: ExplainOptions & PaintOptions): Promise<ClassScore>;
  explain(source: ImageSource, options?: ExplainOptions): Promise<Explanation>;
  async explain(source: ImageSource, options: ExplainOptions & Partial<PaintOptions> = {}): Promise<ClassScore | Explanation> {
    checkObject(options);
    const index = this.#index(options.class);
    const explained = (picture: Picture) => this.#engine.explain(picture, index) as Promise<Explanation>;
    const { target } = options;
    if (target === undefined) {
      return this.#look(source, explained);
    }
    return this.#look(source, (picture) =>
      this.#paint<ClassScore>(picture, target, {
        onDevice: (texture) => this.#engine.paintExplanation(picture, index, texture),
        async inMemory() {
          const { pixels, ...score } = await explained(picture);
          return [pixels, score];
        },
      }),
    );
  }

  /**
   * What each pixel of an image shows. With a `target`, it is painted there: the foreground in cyan, or each class in its colour,
   * and nothing for the background.
   */
  segment(source: ImageSource, options: PaintOptions): Promise<void>;
  segment(source: ImageSource): Promise<Mask | Segmentation>;
  async segment(source: ImageSource, options: Partial<PaintOptions> = {}): Promise<Mask | Segmentation | void> {
    checkObject(options);
    const segmented = (picture: Picture) => this.#engine.segment(picture) as Promise<Found>;
    const { target } = options;
    if (target === undefined) {
      return this.#look(source, async (picture) => answered(await segmented(picture)));
    }
    return this.#look(source, (picture) =>
      this.#paint<void>(picture, target, {
        onDevice: (texture) => this.#engine.paintSegmentation(picture, texture),
        inMemory: async () => [painted(await segmented(picture)), undefined],
      }),
    );
  }

  /** The feature vector of an image. Similar images have similar vectors. */
  embed(source: ImageSource): Promise<Float32Array> {
    return this.#look(source, (picture) => this.#engine.embed(picture));
  }

  /** The answer to a tensor, or all outputs for inputs by name. Values without extents are one image of the usual size. */
  run(input: Tensor | Float32Array): Promise<Tensor>;
  run(inputs: Record<string, Tensor | Float32Array>): Promise<Record<string, Tensor>>;
  async run(inputs: Tensor | Float32Array | Record<string, Tensor | Float32Array>): Promise<Tensor | Record<string, Tensor>> {
    if (typeof inputs !== "object" || inputs === null) {
      throw new MenagerieError("input", `expected a tensor, or tensors by name, found ${described(inputs)}`);
    }
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
  async profile(runs = 10): Promise<Profile> {
    checkCount("runs", runs, 1);
    return this.#ask(() => this.#engine.profile(runs));
  }

  /**
   * Measures the roofline of the device, in a few seconds and with up to 256 MiB of its memory. The device should have no other
   * work meanwhile, and the network answers nothing. On the CPU, it is an error with the code `unsupported`.
   */
  roofline(): Promise<Roofline> {
    return this.#ask(() => this.#engine.roofline());
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
        this.#targets?.destroy();
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

  /** Paints a map of `picture` into `target`, by way of a texture where there is a GPU. */
  async #paint<T>(picture: Picture, target: PaintTarget, by: Painter<T>): Promise<T> {
    checkTarget(target, picture, this.device);
    if (this.#targets !== undefined) {
      const texture = this.#targets.texture(picture);
      const answer = await by.onDevice(texture);
      await this.#targets.put(texture, target);
      return answer;
    }
    const [pixels, answer] = await by.inMemory();
    paint({ width: picture.width, height: picture.height, pixels }, target);
    return answer;
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
      checkCount("class", wanted, 0);
      return wanted;
    }
    const index = this.labels.findIndex((label) => label.toLowerCase() === wanted.toLowerCase());
    if (index < 0) {
      throw new MenagerieError("input", `${this.name} has no class ${JSON.stringify(wanted)}`);
    }
    return index;
  }
}

function isList(sources: ImageSource | readonly ImageSource[]): sources is readonly ImageSource[] {
  return Array.isArray(sources);
}

function answered(found: Found): Mask | Segmentation {
  if ("probabilities" in found) {
    return { kind: "mask", ...found };
  }
  const { width, height, classes, shares } = found;
  return { kind: "classes", width, height, classes, shares };
}

/** What a segmentation looks like over a picture. */
function painted(found: Found): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * found.width * found.height);
  for (let pixel = 0; pixel < found.width * found.height; pixel += 1) {
    if (!("probabilities" in found)) {
      const colour = found.colours.subarray(3 * pixel, 3 * pixel + 3);
      pixels.set([...colour, 255 * Number(found.classes[pixel] !== 0)], 4 * pixel);
    } else if ((found.probabilities[pixel] ?? 0) >= 0.5) {
      pixels.set([0, 229, 255, 255], 4 * pixel);
    }
  }
  return pixels;
}
