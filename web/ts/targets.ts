import { described, lossOf, MenagerieError } from "./errors.js";

/** Where a map is painted: a canvas, which gets the size of the image, or a texture of that size and of the network's device. */
export type PaintTarget = HTMLCanvasElement | OffscreenCanvas | GPUTexture;

/** RGBA, rows from the top. */
export interface Pixels {
  width: number;
  height: number;
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

interface Size {
  width: number;
  height: number;
}

type Context2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** The bits of `GPUTextureUsage`. */
const USAGE = { COPY_SRC: 0x01, COPY_DST: 0x02, STORAGE_BINDING: 0x08 } as const;

/** The format of maps on the device. */
const FORMAT = "rgba8unorm";

/** Brings maps from a texture of the device to the caller's textures and canvases, without a copy to the CPU. */
export class Targets {
  readonly #device: GPUDevice;
  /** The texture of the last map. The next one has the same size in a video. */
  #texture: GPUTexture | undefined;
  /** A canvas on the device, from which others are drawn. */
  #canvas: OffscreenCanvas | undefined;
  #loss: GPUDeviceLostInfo | undefined;

  constructor(device: GPUDevice) {
    this.#device = device;
    void device.lost.then((loss) => (this.#loss = loss));
  }

  /** The texture that a map of this size is painted into, before `put` brings it to the target. */
  texture({ width, height }: Size): GPUTexture {
    if (this.#texture?.width !== width || this.#texture.height !== height) {
      this.#texture?.destroy();
      this.#texture = this.#device.createTexture({
        label: "map",
        size: [width, height],
        format: FORMAT,
        usage: USAGE.COPY_SRC | USAGE.STORAGE_BINDING,
      });
    }
    return this.#texture;
  }

  /** Copies the map in `texture` to `target`. */
  async put(texture: GPUTexture, target: PaintTarget): Promise<void> {
    if (!isCanvas(target)) {
      await this.#copy(texture, target);
      return;
    }
    const context = resized(target, texture);
    this.#canvas ??= new OffscreenCanvas(1, 1);
    [this.#canvas.width, this.#canvas.height] = [texture.width, texture.height];
    const shown = contextOn(this.#canvas);
    if (shown === null) {
      throw new MenagerieError("unsupported", "the browser draws no canvas by WebGPU here: pass a GPUTexture as the target");
    }
    shown.configure({ device: this.#device, format: FORMAT, usage: USAGE.COPY_DST, alphaMode: "premultiplied" });
    // What a canvas shows is only defined in the task that drew it, so nothing is awaited before it is drawn.
    const copied = this.#copy(texture, shown.getCurrentTexture());
    context.drawImage(this.#canvas, 0, 0);
    // The memory of the canvas is free again.
    shown.unconfigure();
    await copied;
  }

  /** Frees the texture. */
  destroy(): void {
    this.#texture?.destroy();
    this.#texture = undefined;
  }

  async #copy(from: GPUTexture, to: GPUTexture): Promise<void> {
    const device = this.#device;
    device.pushErrorScope("validation");
    const encoder = device.createCommandEncoder();
    encoder.copyTextureToTexture({ texture: from }, { texture: to }, [from.width, from.height]);
    device.queue.submit([encoder.finish()]);
    const refused = await device.popErrorScope();
    // A lost device refuses nothing, and its loss is told before later answers.
    if (this.#loss !== undefined) {
      throw lossOf(this.#loss);
    }
    if (refused !== null) {
      throw new MenagerieError("device", `the texture cannot be painted: ${firstLine(refused.message)}`);
    }
  }
}

/** Checks `target` for a map of the size of an image, before the network runs. Without a `device`, it is a canvas. */
export function checkTarget(target: PaintTarget, { width, height }: Size, device: GPUDevice | undefined): void {
  if (isCanvas(target)) {
    context2D(target);
    return;
  }
  if (typeof GPUTexture === "undefined" || !(target instanceof GPUTexture)) {
    throw new MenagerieError("input", `expected a canvas or a GPUTexture as the target, found ${described(target)}`);
  }
  if (device === undefined) {
    throw new MenagerieError("input", "without a GPU, the target is a canvas, found a GPUTexture");
  }
  if (target.width !== width || target.height !== height || target.format !== FORMAT || target.depthOrArrayLayers !== 1) {
    const layers = target.depthOrArrayLayers === 1 ? "" : `x${target.depthOrArrayLayers}`;
    const found = `${target.width}x${target.height}${layers} in ${target.format}`;
    throw new MenagerieError("input", `expected a target of ${width}x${height} pixels in ${FORMAT}, found ${found}`);
  }
  if ((target.usage & USAGE.COPY_DST) === 0) {
    throw new MenagerieError("input", "expected a target with the usage COPY_DST, found a texture without it");
  }
}

/** Puts `painted`, from memory, into `target`, which was checked. */
export function paint(painted: Pixels, target: PaintTarget): void {
  if (isCanvas(target)) {
    const { width, height, pixels } = painted;
    resized(target, painted).putImageData(new ImageData(pixels, width, height), 0, 0);
  }
}

/** The context of `canvas` on the device, or `null` where there is none. */
function contextOn(canvas: OffscreenCanvas): GPUCanvasContext | null {
  // The compiler does not know this kind of context yet.
  return canvas.getContext("webgpu") as unknown as GPUCanvasContext | null;
}

/** The context of `canvas`, which gets this size and is clear then. */
function resized(canvas: HTMLCanvasElement | OffscreenCanvas, { width, height }: Size): Context2D {
  [canvas.width, canvas.height] = [width, height];
  return context2D(canvas);
}

function context2D(canvas: HTMLCanvasElement | OffscreenCanvas): Context2D {
  let context: Context2D | null;
  try {
    context = canvas.getContext("2d") as Context2D | null;
  } catch (refused) {
    // A canvas that was transferred to a worker, for example.
    throw new MenagerieError("input", `the target is a canvas without a context: ${String(refused)}`);
  }
  if (context === null) {
    throw new MenagerieError("input", "the target is a canvas with another context than 2d: pass a GPUTexture");
  }
  return context;
}

function isCanvas(target: PaintTarget): target is HTMLCanvasElement | OffscreenCanvas {
  return typeof target === "object" && target !== null && "getContext" in target;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? text;
}
