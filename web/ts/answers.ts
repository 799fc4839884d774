/** A class and its probability, from 0 to 1. */
export interface ClassScore {
  label: string;
  index: number;
  probability: number;
}

/** Which pixels speak for a class: a heat map in RGBA, rows from the top, of the size of the image. */
export interface Explanation extends ClassScore {
  width: number;
  height: number;
  pixels: Uint8ClampedArray<ArrayBuffer>;
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

/** The peak rates of a device (Williams, Waterman, Patterson 2009, https://doi.org/10.1145/1498765.1498785). */
export interface Roofline {
  /** Floating-point operations per second of multiply-adds in registers. A multiply-add counts as two. */
  flopsPerSecond: number;
  /** Bytes per second of a large copy, read and written bytes together. */
  bytesPerSecond: number;
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
