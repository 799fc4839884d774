import { described, MenagerieError } from "./errors.js";

/** A file: its address, an answer of `fetch`, its bytes, or what a user chose. */
export type FileSource = string | URL | Response | ArrayBuffer | Uint8Array | Blob;

/** How a file is read. */
export interface FileOptions {
  /** Called with the bytes that have arrived, and the whole number where the server tells it. */
  progress?: (received: number, total: number | undefined) => void;
  /** Cancels the download. */
  signal?: AbortSignal;
  /** Whether files by address are kept in the Cache API, so that the next visit does not download them. By default true. */
  cache?: boolean;
}

/** A file that was read: its bytes in pieces, and the name that errors call it by. */
export interface ReadFile {
  name: string;
  pieces: readonly Uint8Array[];
}

/** Where downloaded files are kept. */
const CACHE = "menagerie";

/** Reads `source`. */
export async function readFile(source: FileSource | undefined, options: FileOptions): Promise<ReadFile> {
  options.signal?.throwIfAborted();
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) {
    if (source.byteLength === 0) {
      // Those of a buffer that was transferred to a worker are gone, too.
      throw new MenagerieError("input", "expected the bytes of a file, found none: they are empty, or were transferred");
    }
    return { name: "bytes", pieces: [source instanceof Uint8Array ? source : new Uint8Array(source)] };
  }
  if (source instanceof Blob) {
    const name = "name" in source && typeof source.name === "string" ? source.name : "blob";
    return { name, pieces: await piecesOf(source.stream(), options) };
  }
  if (source instanceof Response) {
    if (source.bodyUsed || source.body?.locked === true) {
      throw new MenagerieError("input", `${nameOf(source.url)}: expected an unread Response, found one that was read`);
    }
    return { name: nameOf(source.url), pieces: await body(source, options) };
  }
  if (typeof source === "string" || source instanceof URL) {
    return download(String(source), options);
  }
  const kinds = "a URL, a Response, an ArrayBuffer, a Uint8Array or a Blob";
  throw new MenagerieError("input", `expected ${kinds} as a file, found ${described(source)}`);
}

/** Forgets a downloaded file that turned out to be another than was wanted, such as a web page. */
export async function forgetFile(source: FileSource | undefined): Promise<void> {
  if (typeof source === "string" || source instanceof URL) {
    const cache = await openCache();
    await cache?.delete(String(source)).catch(() => undefined);
  }
}

async function download(address: string, options: FileOptions): Promise<ReadFile> {
  const name = nameOf(address);
  const cache = options.cache === false ? undefined : await openCache();
  const kept = await cache?.match(address);
  if (kept !== undefined) {
    return { name, pieces: await body(kept, options) };
  }
  let response: Response;
  try {
    response = await fetch(address, { signal: options.signal ?? null });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new MenagerieError("unreachable", `${address} cannot be reached: ${String(error)}`);
  }
  // A cache that is full or forbidden is no reason to fail. Only a whole file gets into it.
  const keeping = response.ok ? cache?.put(address, response.clone()).catch(() => undefined) : undefined;
  const pieces = await body(response, options);
  await keeping;
  return { name, pieces };
}

async function openCache(): Promise<Cache | undefined> {
  try {
    return await caches.open(CACHE);
  } catch {
    // Not on a secure page, or forbidden by the user.
    return undefined;
  }
}

/** The body of `response`, piece by piece. */
async function body(response: Response, options: FileOptions): Promise<Uint8Array[]> {
  if (!response.ok) {
    throw new MenagerieError("server", `${response.url}: the server answered ${response.status} ${response.statusText}`.trim());
  }
  const length = Number(response.headers.get("content-length")) || undefined;
  // The length of a compressed answer is not that of its content.
  const total = response.headers.has("content-encoding") ? undefined : length;
  return response.body === null ? [] : piecesOf(response.body, options, (received) => options.progress?.(received, total));
}

async function piecesOf(
  stream: ReadableStream<Uint8Array>,
  options: FileOptions,
  report: (received: number) => void = () => undefined,
): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  let received = 0;
  const { signal } = options;
  const reader = stream.getReader();
  // A read that waits for the network ends at once.
  const cancel = () => void reader.cancel(signal?.reason).catch(() => undefined);
  signal?.addEventListener("abort", cancel);
  try {
    for (;;) {
      const piece = await reader.read();
      signal?.throwIfAborted();
      if (piece.done) {
        return pieces;
      }
      pieces.push(piece.value);
      received += piece.value.length;
      report(received);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TypeError) {
      throw new MenagerieError("unreachable", `the file ended early, after ${received} bytes: ${error.message}`);
    }
    throw error;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

function nameOf(address: string): string {
  const path = address.split(/[?#]/u)[0] ?? "";
  return path.slice(path.lastIndexOf("/") + 1) || "file";
}
