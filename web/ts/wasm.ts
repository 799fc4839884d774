import init, { load, models, type Engine } from "./menagerie_web.js";
import { asError } from "./errors.js";

let started: Promise<unknown> | undefined;

/** Starts the WebAssembly module, once. `address` is that of `menagerie_web_bg.wasm`, if it does not lie beside this file. */
export function start(address?: string | URL): Promise<unknown> {
  started ??= source(address).then((module_or_path) => init({ module_or_path }));
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

/** Loads a network; see `load` of the bindings. */
export async function loadEngine(options: object): Promise<Engine> {
  try {
    return (await load(options)) as Engine;
  } catch (error) {
    throw asError(error);
  }
}

/** Names of the networks that `Network.load` knows. */
export async function networkNames(): Promise<string[]> {
  await start();
  return models();
}

export type { Engine };
