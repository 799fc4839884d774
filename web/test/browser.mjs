// Chromium on its software WebGPU, and a server for the files of the checkout.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

export const root = fileURLToPath(new URL("../..", import.meta.url));

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".png": "image/png",
};

/**
 * Serves the checkout, or another folder, on a port of this machine. Other folders can be mounted: `{ "/networks/": folder }`.
 * `served` is called with the path and the size of each file.
 */
export async function serve(folder = root, { mounts = {}, served = () => undefined } = {}) {
  const folders = Object.entries({ ...mounts, "/": folder });
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const [mount, own] = folders.find(([mount]) => path.startsWith(mount));
    const file = join(own, path.slice(mount.length), path.endsWith("/") ? "index.html" : "");
    if (path === "/blank.html") {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>blank</title>");
    } else if (!file.startsWith(join(own)) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
    } else {
      served(path, statSync(file).size);
      const type = TYPES[extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type, "content-length": statSync(file).size });
      createReadStream(file).pipe(response);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://localhost:${server.address().port}`, close: () => server.close() };
}

/** Starts the browser. Without `gpu`, it has no WebGPU. */
export function launch({ gpu = true } = {}) {
  const found = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  // The rest of the page is drawn by the same driver, as otherwise a canvas with WebGPU's context ends the GPU process.
  const drawn = ["--enable-features=Vulkan", "--use-vulkan=swiftshader", "--use-angle=vulkan"];
  const webgpu = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", ...drawn];
  return chromium.launch({
    executablePath: process.env.CHROME ?? found,
    args: ["--headless=new", "--no-sandbox", "--js-flags=--expose-gc", "--enable-precise-memory-info", ...(gpu ? webgpu : ["--disable-features=WebGPU"])],
  });
}

/** A page with the package as `menagerie`. */
export async function open(browser, address, path = "/blank.html") {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error("page:", error.message));
  page.on("console", (message) => message.type() === "error" && console.error("console:", message.text()));
  await page.goto(address + path);
  await page.evaluate(async () => {
    globalThis.menagerie = await import("/web/dist/index.js");
  });
  return page;
}
