// The package as npm gives it to a program: in an empty folder, bundled, and with its types checked.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

import { launch, serve } from "./browser.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const run = (command, given, cwd) => execFileSync(command, given, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

test("the WebAssembly is small", () => {
  const bytes = readFileSync(join(here, "dist/menagerie_web_bg.wasm"));
  const compressed = brotliCompressSync(bytes);
  console.log(`# ${bytes.length} bytes, ${compressed.length} compressed`);
  assert.ok(bytes.length <= 2.5e6 && compressed.length <= 1.2e6);
});

test("a program bundles the package, its types fit, and it answers", async () => {
  const folder = mkdtempSync(join(tmpdir(), "menagerie-"));
  try {
    run("npm", ["pack", "--silent", "--pack-destination", folder], here);
    const archive = readdirSync(folder).find((name) => name.endsWith(".tgz"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
    run("npm", ["install", "--silent", "--offline", "--no-audit", "--no-fund", `./${archive}`], folder);
    writeFileSync(
      join(folder, "app.ts"),
      `import { MenagerieError, Network, type ClassScore, type Mask, type Segmentation } from "menagerie";

      async function digit(file: Blob): Promise<number> {
        const network = await Network.load("lenet5", { weights: "/lenet5.safetensors", progress: (received: number) => void received });
        const best: ClassScore | undefined = (await network.classify(file, { top: 1 }))[0];
        const lists: ClassScore[][] = await network.classify([file]);
        const { data, dims }: { data: Float32Array; dims: number[] } = await network.run(new Float32Array(784));
        network.destroy();
        if (best === undefined || lists.length !== 1 || data.length !== dims.reduce((a, b) => a * b)) {
          throw new MenagerieError("input", "no answer");
        }
        return best.index;
      }
      async function cells(network: Network, file: Blob): Promise<number> {
        const found: Mask | Segmentation = await network.segment(file);
        return found.kind === "mask" ? found.share : found.shares.length;
      }
      Object.assign(globalThis, { digit, cells });`,
    );
    const bin = (name) => join(here, "node_modules/.bin", name);
    run(bin("tsc"), ["--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "--lib", "es2022,dom,esnext.disposable", "--types", "", "app.ts"], folder);
    // The program of the package's README, as it is written there.
    const [, readme] = /```js\n([^]*?)```/u.exec(readFileSync(join(folder, "node_modules/menagerie/README.md"), "utf8"));
    writeFileSync(join(folder, "readme.js"), readme);
    for (const [source, bundle] of [["app.ts", "app.js"], ["readme.js", "bundled.js"]]) {
      run(bin("esbuild"), [source, "--bundle", "--format=esm", "--minify", `--outfile=${bundle}`, "--log-level=warning"], folder);
    }
    writeFileSync(join(folder, "readme.html"), '<!doctype html><img src="cat.png" /><canvas></canvas><script type="module" src="bundled.js"></script>');
    // esbuild leaves files beside a module where they are.
    copyFileSync(join(folder, "node_modules/menagerie/dist/menagerie_web_bg.wasm"), join(folder, "menagerie_web_bg.wasm"));
    for (const name of ["lenet5", "mobilenet_v2"]) {
      copyFileSync(join(here, `../weights/${name}.safetensors`), join(folder, `${name}.safetensors`));
    }
    copyFileSync(join(here, "../samples/cat.png"), join(folder, "cat.png"));
    copyFileSync(join(here, "../samples/digits/digit_2.png"), join(folder, "digit.png"));
    console.log(`# ${statSync(join(folder, "app.js")).size} bytes of JavaScript`);
    const [server, browser] = [await serve(folder), await launch()];
    try {
      const page = await browser.newPage();
      await page.goto(`${server.address}/blank.html`);
      const found = await page.evaluate(async () => {
        await import("/app.js");
        return globalThis.digit(await (await fetch("/digit.png")).blob());
      });
      assert.equal(found, 2);
      const printed = [];
      page.on("console", (message) => printed.push(message.text()));
      page.on("pageerror", (error) => printed.push(error.message));
      await page.goto(`${server.address}/readme.html`);
      await page.waitForFunction(() => document.querySelector("canvas").width === document.querySelector("img").naturalWidth, null, { timeout: 180_000 }).catch((error) => printed.push(error.message));
      assert.match(printed.find((line) => /%/u.test(line)) ?? printed.join("\n"), /^Egyptian cat 71\.\d %$/u);
    } finally {
      await browser.close();
      server.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
