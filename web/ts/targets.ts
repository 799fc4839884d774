import { MenagerieError } from "./errors.js";

/** Where a map is painted: a canvas, which gets the size of the image, or a texture of that size and of the network's device. */
export type PaintTarget = HTMLCanvasElement | OffscreenCanvas | GPUTexture;

/** RGBA, rows from the top. */
export interface Pixels {
  width: number;
  height: number;
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

/** Puts `painted` into `target`. */
export function paint(painted: Pixels, target: PaintTarget, device: GPUDevice | undefined): void {
  const { width, height, pixels } = painted;
  if ("getContext" in target) {
    target.width = width;
    target.height = height;
    const context = target.getContext("2d") as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null;
    if (context === null) {
      throw new MenagerieError("input", "the canvas is in use with another kind of context");
    }
    context.putImageData(new ImageData(pixels, width, height), 0, 0);
    return;
  }
  if (target.width !== width || target.height !== height || target.format !== "rgba8unorm") {
    const found = `${target.width}x${target.height} in ${target.format}`;
    throw new MenagerieError("input", `expected a texture of ${width}x${height} pixels in rgba8unorm, found ${found}`);
  }
  device?.queue.writeTexture({ texture: target }, pixels, { bytesPerRow: 4 * width }, [width, height]);
}
