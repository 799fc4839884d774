import { MenagerieError } from "./errors.js";

/** What a network can look at. A `GPUTexture` must be of the network's own device. */
export type ImageSource =
  | HTMLImageElement
  | HTMLVideoElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | ImageBitmap
  | ImageData
  | VideoFrame
  | Blob
  | GPUTexture;

/** An image as the bindings take it. */
export interface Picture {
  width: number;
  height: number;
  image?: CanvasImageSource | ImageData;
  texture?: GPUTexture;
  pixels?: Uint8Array;
  /** Frees what was made from the source. */
  close?: () => void;
}

/** Brings `source` into a form that the device reads, or into pixels in memory if there is no GPU. */
export async function pictureOf(source: ImageSource, hasGpu: boolean): Promise<Picture> {
  if (isTexture(source)) {
    return { texture: source, width: source.width, height: source.height };
  }
  const [image, close] = await decoded(source);
  const [width, height] = sizeOf(image);
  if (width === 0 || height === 0) {
    throw new MenagerieError("input", "the image has no pixels yet: wait until it is loaded");
  }
  if (hasGpu) {
    return { image, width, height, close };
  }
  const pixels = pixelsOf(image, width, height);
  close();
  return { pixels, width, height };
}

function isTexture(source: ImageSource): source is GPUTexture {
  return typeof GPUTexture !== "undefined" && source instanceof GPUTexture;
}

/** The image itself, and what frees it. Files and elements are decoded as the browser shows them: turned upright. */
async function decoded(source: Exclude<ImageSource, GPUTexture>): Promise<[CanvasImageSource | ImageData, () => void]> {
  const isElement = typeof HTMLImageElement !== "undefined" && source instanceof HTMLImageElement;
  if (!isElement && !(source instanceof Blob)) {
    return [source, () => undefined];
  }
  try {
    if (isElement) {
      await source.decode();
    }
    const bitmap = await createImageBitmap(source, { premultiplyAlpha: "none" });
    return [bitmap, () => bitmap.close()];
  } catch (error) {
    throw new MenagerieError("photo", `the browser cannot decode the image: ${String(error)}`);
  }
}

function sizeOf(image: CanvasImageSource | ImageData): [number, number] {
  if ("videoWidth" in image) {
    return [image.videoWidth, image.videoHeight];
  }
  if ("displayWidth" in image) {
    return [image.displayWidth, image.displayHeight];
  }
  return [Number(image.width), Number(image.height)];
}

/** The pixels of `image`: RGBA, rows from the top. */
function pixelsOf(image: CanvasImageSource | ImageData, width: number, height: number): Uint8Array {
  if ("data" in image) {
    return new Uint8Array(image.data.buffer, image.data.byteOffset, image.data.byteLength);
  }
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) {
    throw new MenagerieError("input", "the browser has no 2D canvas to read the image with");
  }
  context.drawImage(image, 0, 0, width, height);
  return new Uint8Array(context.getImageData(0, 0, width, height).data.buffer);
}
