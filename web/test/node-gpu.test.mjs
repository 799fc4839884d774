// Node with the WebGPU of npm's package `webgpu` (Dawn). The package has 130 MB, so it is not installed for the other tests:
// `npm install --no-save webgpu`. Without a GPU, Chromium's software adapter is used.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { decode } from "./png.mjs";

const software = join(dirname(process.env.CHROME ?? "/usr/lib/chromium/chromium"), "vk_swiftshader_icd.json");
const dawn = await import("webgpu").catch(() => undefined);
const skip = dawn === undefined && "the package webgpu is not installed";

test("Node computes on its WebGPU", { skip }, async () => {
  if (existsSync(software)) {
    process.env.VK_ADD_DRIVER_FILES = software;
  }
  Object.assign(globalThis, dawn.globals);
  Object.defineProperty(globalThis, "navigator", { value: { gpu: dawn.create([]) }, configurable: true });
  const { Network } = await import("../dist/index.js");
  const file = (path) => readFile(new URL(path, import.meta.url));
  const network = await Network.load("mobilenet_v2", { weights: await file("../../weights/mobilenet_v2.safetensors") });
  assert.deepEqual(network.notices, []);
  assert.ok(network.device !== undefined, network.adapter);
  console.log(`# ${network.adapter}`);
  const photo = decode(await file("../../samples/cat.png"));
  const [best] = await network.classify(photo);
  assert.equal(best.label, "Egyptian cat");
  assert.ok(Math.abs(best.probability - 0.7179) < 1e-3, `${best.probability}`);
  assert.ok((await network.selfTest()).error < 1e-5);
  network.destroy();
  const own = await (await navigator.gpu.requestAdapter()).requestDevice();
  const digits = await Network.load("lenet5", { weights: await file("../../weights/lenet5.safetensors"), device: own });
  assert.equal(digits.device, own);
  assert.deepEqual((await digits.run(new Float32Array(28 * 28))).dims, [1, 10]);
  digits.destroy();
  own.destroy();
});
