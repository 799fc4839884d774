// The package where there is no WebGPU: in a browser without it, and in Node.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { launch, open, serve } from "./browser.mjs";
import { decode } from "./png.mjs";

test("a browser without WebGPU gets the same answer from the CPU, and is told", async () => {
  const server = await serve();
  const browser = await launch({ gpu: false });
  try {
    const page = await open(browser, server.address);
    const found = await page.evaluate(async () => {
      delete Navigator.prototype.gpu;
      const net = await menagerie.Network.load("mobilenet_v2", { weights: "/weights/mobilenet_v2.safetensors" });
      const file = await (await fetch("/samples/cat.png")).blob();
      const begin = performance.now();
      const [best] = await net.classify(file);
      return { ...best, milliseconds: performance.now() - begin, adapter: net.adapter, notices: net.notices, device: net.device === undefined };
    });
    assert.equal(found.label, "Egyptian cat");
    assert.ok(Math.abs(found.probability - 0.7179) < 1e-3, `${found.probability}`);
    assert.match(found.adapter, /cpu/);
    assert.match(found.notices.join(" "), /runs on the CPU.*WebGPU/);
    assert.ok(found.device);
    console.log(`# ${found.milliseconds.toFixed(0)} ms on the CPU`);
  } finally {
    await browser.close();
    server.close();
  }
});

test("Node gets the answer from the CPU, and is told", async () => {
  const { Network } = await import("../dist/index.js");
  const file = (path) => readFile(new URL(path, import.meta.url));
  const network = await Network.load("mobilenet_v2", { weights: await file("../../weights/mobilenet_v2.safetensors"), precision: "f16-storage" });
  const [best] = await network.classify(decode(await file("../../samples/cat.png")));
  assert.equal(best.label, "Egyptian cat");
  assert.ok(Math.abs(best.probability - 0.7179) < 1e-3, `${best.probability}`);
  assert.match(network.notices.join(" "), /runs on the CPU in f32.*WebGPU/);
  assert.deepEqual([network.device, network.precision], [undefined, "f32"]);
  network.destroy();
});

test("Node runs tensors and pixels", async () => {
  const { Network } = await import("../dist/index.js");
  const weights = await readFile(new URL("../../weights/lenet5.safetensors", import.meta.url));
  const network = await Network.load("lenet5", { weights, device: "cpu" });
  const answer = await network.run(new Float32Array(28 * 28));
  assert.deepEqual(answer.dims, [1, 10]);
  const [best] = await network.classify({ data: new Uint8ClampedArray(4 * 28 * 28), width: 28, height: 28 });
  assert.ok(best.probability > 0);
  assert.ok((await network.selfTest()).error < 1e-5);
  await assert.rejects(network.roofline(), { code: "unsupported", message: /GPU/u });
  network.destroy();
  await assert.rejects(network.run(new Float32Array(1)), { code: "input" });
});
