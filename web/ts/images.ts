import { described, MenagerieError } from "./errors.js";

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

/** An image as the bindings take it: a texture of the device, or RGBA in memory. */
export interface Picture {
  width: number;
  height: number;
  texture?: GPUTexture;
  pixels?: Uint8Array;
}

type Image = Exclude<CanvasImageSource, SVGImageElement> | ImageData;

/** The bits of `GPUTextureUsage`. */
const USAGE = { COPY_DST: 0x02, TEXTURE_BINDING: 0x04, RENDER_ATTACHMENT: 0x10 } as const;

/** Brings images to where a network reads them: into a texture, or into memory if there is no GPU. */
export class Images {
  readonly #device: GPUDevice | undefined;
  /** The texture of the last image. The next one has the same size in a video. */
  #texture: GPUTexture | undefined;

  constructor(device: GPUDevice | undefined) {
    this.#device = device;
  }

  /** The picture of `source`. It is valid until the next one. */
  async read(source: ImageSource): Promise<Picture> {
    if (isTexture(source)) {
      return { texture: source, width: source.width, height: source.height };
    }
    const image = await decoded(source);
    const [width, height] = sizeOf(image);
    if (!(width > 0 && height > 0)) {
      throw new MenagerieError("input", "the image has no pixels: wait until it is loaded, and close it afterwards");
    }
    if (isPixels(image) && image.data.length !== 4 * width * height) {
      const expected = `${4 * width * height} bytes for ${width}x${height} pixels in RGBA`;
      throw new MenagerieError("input", `expected ${expected}, found ${image.data.length}`);
    }
    try {
      if (this.#device === undefined) {
        return { pixels: pixelsOf(image, width, height), width, height };
      }
      return { texture: await this.#upload(image, width, height, this.#device), width, height };
    } finally {
      if (image !== source && image instanceof ImageBitmap) {
        image.close();
      }
    }
  }

  /** Frees the texture. */
  destroy(): void {
    this.#texture?.destroy();
    this.#texture = undefined;
  }

  async #upload(image: Image, width: number, height: number, device: GPUDevice): Promise<GPUTexture> {
    const largest = device.limits.maxTextureDimension2D;
    if (Math.max(width, height) > largest) {
      const found = `${width}x${height}`;
      throw new MenagerieError("input", `an image has at most ${largest} pixels on each side on this device, found ${found}`);
    }
    if (this.#texture?.width !== width || this.#texture.height !== height) {
      this.destroy();
      this.#texture = device.createTexture({
        label: "image",
        size: [width, height],
        format: "rgba8unorm",
        // What a copy from outside needs of its target.
        usage: USAGE.COPY_DST | USAGE.TEXTURE_BINDING | USAGE.RENDER_ATTACHMENT,
      });
    }
    const texture = this.#texture;
    if (isPixels(image)) {
      device.queue.writeTexture({ texture }, image.data, { bytesPerRow: 4 * width }, [width, height]);
      return texture;
    }
    const copy = (source: GPUCopyExternalImageSource) =>
      device.queue.copyExternalImageToTexture({ source }, { texture }, [width, height]);
    try {
      copy(image);
    } catch (refused) {
      try {
        // A browser may have the frame of a video in a form that its copy does not read.
        const bitmap = await createImageBitmap(image);
        copy(bitmap);
        bitmap.close();
      } catch {
        throw new MenagerieError("photo", `the browser does not give out the image: ${String(refused)}`);
      }
    }
    return texture;
  }
}

function isTexture(source: ImageSource): source is GPUTexture {
  return typeof GPUTexture !== "undefined" && source instanceof GPUTexture;
}

/** The image itself. Files and elements are decoded as the browser shows them: turned upright. */
async function decoded(source: Exclude<ImageSource, GPUTexture>): Promise<Image> {
  const isElement = typeof HTMLImageElement !== "undefined" && source instanceof HTMLImageElement;
  if (!isElement && !(source instanceof Blob)) {
    return source;
  }
  try {
    if (isElement) {
      await source.decode();
    }
    return await createImageBitmap(source, { premultiplyAlpha: "none" });
  } catch (error) {
    throw new MenagerieError("photo", `the browser cannot decode the image: ${String(error)}`);
  }
}

function sizeOf(image: Image): [number, number] {
  if (typeof image !== "object" || image === null) {
    throw new MenagerieError(
      "input",
      `expected an image, canvas, video, ImageBitmap, ImageData, VideoFrame, Blob or GPUTexture, found ${described(image)}`,
    );
  }
  if ("videoWidth" in image) {
    return [image.videoWidth, image.videoHeight];
  }
  if ("displayWidth" in image) {
    return [image.displayWidth, image.displayHeight];
  }
  return [Number(image.width), Number(image.height)];
}

/** Whether an image has its pixels in memory: RGBA, rows from the top. */
function isPixels(image: Image): image is ImageData & { data: Uint8ClampedArray<ArrayBuffer> } {
  return "data" in image && (image.data instanceof Uint8ClampedArray || (image.data as unknown) instanceof Uint8Array);
}

/** The pixels of `image`: RGBA, rows from the top. */
function pixelsOf(image: Image, width: number, height: number): Uint8Array {
  if (isPixels(image)) {
    return new Uint8Array(image.data.buffer, image.data.byteOffset, image.data.byteLength);
  }
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (context === null) {
    throw new MenagerieError("input", "the browser has no 2D canvas to read the image with");
  }
  try {
    context.drawImage(image as CanvasImageSource, 0, 0, width, height);
    return new Uint8Array(context.getImageData(0, 0, width, height).data.buffer);
  } catch (refused) {
    throw new MenagerieError("photo", `the browser does not give out the image: ${String(refused)}`);
  }
}
