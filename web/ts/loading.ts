import { MenagerieError } from "./errors.js";
import { forgetFile, readFile, type FileSource } from "./files.js";
import type { LoadOptions } from "./options.js";
import { loadEngine, type Engine } from "./wasm.js";

/** Loads a network from the pieces of the file `source`. A file that is no network, or has no names that fit it, is not kept. */
export async function loaded(
  wanted: object,
  pieces: readonly Uint8Array[] | undefined,
  source: FileSource | undefined,
  labels: LoadOptions["labels"],
): Promise<Engine> {
  try {
    return await loadEngine(wanted, pieces);
  } catch (error) {
    if (error instanceof MenagerieError && (error.code === "weights" || error.code === "model")) {
      await forgetFile(source);
    } else if (labels !== undefined && !isNames(labels)) {
      await forgetFile(labels);
    }
    throw error;
  }
}

/** The option `labels` as the bindings take it. */
export async function readLabels(options: LoadOptions): Promise<object> {
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
