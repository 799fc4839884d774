import init, { FileBytes, load, models, type Engine } from "./menagerie_web.js";
import { asError, MenagerieError } from "./errors.js";

let started: Promise<unknown> | undefined;

/** Starts the WebAssembly module, once. `address` is that of `menagerie_web_bg.wasm`, if it does not lie beside this file. */
export function start(address?: string | URL): Promise<unknown> {
  started ??= source(address)
    .then((module_or_path) => init({ module_or_path }))
    .catch((error: unknown) => {
      const place = String(address ?? "menagerie_web_bg.wasm beside the script");
      throw new MenagerieError("unreachable", `${place} cannot be loaded, the address of which is the option wasm: ${String(error)}`);
    });
  // The next attempt may find the file.
  started.catch(() => (started = undefined));
  return started;
}

async function source(address?: string | URL): Promise<string | URL | Uint8Array<ArrayBuffer>> {
  const place = address ?? new URL("menagerie_web_bg.wasm", import.meta.url);
  if (place instanceof URL && place.protocol === "file:") {
    // Node's `fetch` reads no files. A name in a variable keeps bundlers for browsers from looking for the module.
    const files = "node:fs/promises";
    const { readFile } = (await import(/* @vite-ignore */ files)) as { readFile(path: URL): Promise<Uint8Array<ArrayBuffer>> };
    return readFile(place);
  }
  return place;
}

/** The most bytes that are copied in one task: some milliseconds. */
const PIECE = 8 << 20;

/** The most bytes that the memory of the module has addresses for. */
const MOST = 2 ** 32 - 1;

/** Loads a network from the pieces of a file; see `load` of the bindings. */
export async function loadEngine(options: object, pieces?: readonly Uint8Array[]): Promise<Engine> {
  try {
    return (await load(options, pieces && (await copied(pieces)))) as Engine;
  } catch (error) {
    throw asError(error);
  }
}

/** The file in the memory of the module. */
async function copied(pieces: readonly Uint8Array[]): Promise<FileBytes> {
  const length = pieces.reduce((length, piece) => length + piece.length, 0);
  if (length > MOST) {
    throw new MenagerieError("limit", `a file of ${length} bytes is too large for the page's memory`);
  }
  const file = new FileBytes(length);
  let since = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += PIECE) {
      const part = piece.subarray(at, at + PIECE);
      file.append(part);
      since += part.length;
      if (since >= PIECE) {
        since = 0;
        await turn();
      }
    }
  }
  return file;
}

/** Lets the page paint and handle input. Timers would be delayed by at least 4 ms. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Names of the networks that `Network.load` knows. */
export async function networkNames(): Promise<string[]> {
  await start();
  return models();
}

export type { Engine };
