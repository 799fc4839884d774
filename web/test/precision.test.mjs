// Precisions, against f32, and the self-test.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, open, serve } from "./browser.mjs";

let server, browser, page;

before(async () => {
  server = await serve();
  browser = await launch();
  page = await open(browser, server.address);
  await page.evaluate(() => {
    globalThis.load = (options) => menagerie.Network.load("mobilenet_v2", { weights: "/weights/mobilenet_v2.safetensors", ...options });
    globalThis.thrown = async (work) => {
      try {
        await work();
      } catch ({ code, message }) {
        return { code, message };
      }
    };
  });
});

after(async () => {
  await browser?.close();
  server?.close();
});

test("f16-storage takes half the memory, and answers nearly what f32 does", async () => {
  const found = await page.evaluate(async () => {
    const input = Float32Array.from({ length: 3 * 224 * 224 }, (_, index) => Math.sin(0.7 * index) + Math.sin(0.013 * index));
    const photo = await (await fetch("/samples/cat.png")).blob();
    const results = {};
    for (const [name, options] of Object.entries({
      f32: {},
      f16: { precision: "f16-storage" },
      kept: { precision: "f16-storage", keepF32: ["features.18", "classifier"] },
    })) {
      const device = await (await navigator.gpu.requestAdapter()).requestDevice();
      const create = device.createBuffer;
      let bytes = 0;
      device.createBuffer = (given) => {
        bytes += given.label === "weights" ? given.size : 0;
        return create.call(device, given);
      };
      const net = await load({ device, ...options });
      const [best] = await net.classify(photo);
      const answer = await net.run({ data: input, dims: [1, 3, 224, 224] });
      results[name] = { precision: net.precision, best, bytes, data: Array.from(answer.data), error: (await net.selfTest()).error };
      net.destroy();
      device.destroy();
    }
    return results;
  });
  const { f32, f16, kept } = found;
  assert.deepEqual([f32.precision, f16.precision], ["f32", "f16-storage"]);
  const largest = Math.max(...f32.data.map(Math.abs));
  const error = Math.max(...f16.data.map((value, index) => Math.abs(value - f32.data[index]))) / largest;
  console.log(`# f16-storage: ${error.toExponential(1)} of the largest score, ${f16.bytes} bytes of weights in place of ${f32.bytes}`);
  assert.ok(error > 0 && error < 2e-2, `${error}`);
  assert.ok(f16.bytes < 0.53 * f32.bytes, `${f16.bytes} of ${f32.bytes} bytes`);
  assert.ok(kept.bytes > f16.bytes && kept.bytes < f32.bytes, `${kept.bytes} bytes`);
  for (const { best } of [f32, f16, kept]) {
    assert.equal(best.label, "Egyptian cat");
    assert.ok(Math.abs(best.probability - 0.7179) < 5e-3, `${best.probability}`);
  }
  assert.ok(f32.error < 1e-5, `the self-test of f32: ${f32.error}`);
  assert.ok(f16.error > f32.error && f16.error < 2e-2, `the self-test of f16-storage: ${f16.error}`);
});

test("an unknown precision or layer is an error that says what there is", async () => {
  const errors = await page.evaluate(async () => ({
    precision: await thrown(() => load({ precision: "f8" })),
    layer: await thrown(() => load({ precision: "f16-storage", keepF32: ["features.99"] })),
    list: await thrown(() => load({ keepF32: "classifier" })),
    cpu: await thrown(() => load({ precision: "f16-storage", device: "cpu" })),
  }));
  assert.equal(errors.precision.code, "input");
  assert.match(errors.precision.message, /precision.*f32.*f16-storage.*"f8"/);
  assert.equal(errors.layer.code, "unknown_layer");
  assert.equal(errors.list.code, "input");
  assert.equal(errors.cpu.code, "unsupported");
});

test("a device that does not compute is told by the self-test", async () => {
  const found = await page.evaluate(async () => {
    const net = await load({ size: [64, 64] });
    const { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
    const right = await net.selfTest();
    // Without this, the right answer is still in the device's memory.
    await net.run(new Float32Array(3 * 64 * 64));
    GPUComputePassEncoder.prototype.dispatchWorkgroups = () => undefined;
    const wrong = await thrown(() => net.selfTest());
    Object.assign(GPUComputePassEncoder.prototype, { dispatchWorkgroups });
    const again = await net.selfTest();
    net.destroy();
    return { right, wrong, again };
  });
  assert.ok(found.right.error <= found.right.tolerance);
  assert.equal(found.right.output, "output");
  assert.equal(found.wrong.code, "self_test");
  assert.match(found.wrong.message, /mobilenet_v2.*reference executor/);
  assert.deepEqual(found.again, found.right);
});
