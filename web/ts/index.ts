/**
 * Convolutional networks on the GPU of a web page.
 *
 * ```ts
 * import { Network } from "menagerie";
 *
 * const network = await Network.load("mobilenet_v2", { weights: "mobilenet_v2.safetensors" });
 * const [best] = await network.classify(document.querySelector("img")!);
 * console.log(best?.label, best?.probability);
 * ```
 *
 * @module
 */
export type {
  ClassScore,
  Dispatch,
  Explanation,
  Mask,
  Profile,
  Roofline,
  Segmentation,
  SelfTest,
  Summary,
  Tensor,
} from "./answers.js";
export { MenagerieError } from "./errors.js";
export type { FileSource } from "./files.js";
export type { ImageSource } from "./images.js";
export { Network } from "./network.js";
export type {
  ClassifyOptions,
  ExplainOptions,
  LoadOptions,
  OnnxOptions,
  PaintOptions,
  Precision,
  PreparedCall,
  Preprocess,
} from "./options.js";
export type { PaintTarget } from "./targets.js";
export { networkNames } from "./wasm.js";
