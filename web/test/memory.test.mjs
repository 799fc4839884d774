// Memory: what an answer takes is free again after it, and what a network has is free after `destroy`.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, open, serve } from "./browser.mjs";

let server, browser, page;

before(async () => {
  server = await serve();
  browser = await launch();
  page = await open(browser, server.address);
  await page.evaluate(async () => {
    /** What was made on a device and not destroyed, by its kind. It does not keep what it counts. */
    globalThis.alive = { buffers: 0, textures: 0, querySets: 0 };
    const kinds = { buffers: [GPUBuffer, "createBuffer"], textures: [GPUTexture, "createTexture"], querySets: [GPUQuerySet, "createQuerySet"] };
    for (const [kind, [resource, create]] of Object.entries(kinds)) {
      const made = new WeakSet();
      const before = GPUDevice.prototype[create];
      GPUDevice.prototype[create] = function (...given) {
        const created = before.apply(this, given);
        made.add(created);
        alive[kind] += 1;
        return created;
      };
      const { destroy } = resource.prototype;
      resource.prototype.destroy = function () {
        alive[kind] -= Number(made.delete(this));
        return destroy.apply(this);
      };
    }
    globalThis.bitmap = async (path) => createImageBitmap(await (await fetch(`/samples/${path}`)).blob());
    globalThis.load = (name, options) => menagerie.Network.load(name, { weights: `/weights/${name}.safetensors`, ...options });
    await menagerie.networkNames();
    // The module that is started already.
    const { memory } = await (await import("/web/dist/menagerie_web.js")).default();
    /** What is in use, after all work is done and garbage is collected. */
    globalThis.used = async ({ device }) => {
      await device.queue.onSubmittedWorkDone();
      await new Promise((resolve) => setTimeout(resolve));
      gc();
      return { ...alive, heap: performance.memory.usedJSHeapSize, wasm: memory.buffer.byteLength };
    };
  });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** Networks, how often each is asked, and what a question is. */
const CASES = {
  lenet5: [2000, "digits/digit_5.png", (net, image) => net.classify(image)],
  mobilenet_v2: [20, "cat.png", (net, image) => net.explain(image)],
  "mobilenet_v2 painted": [20, "cat.png", (net, image) => net.explain(image, { target: (globalThis.canvas ??= new OffscreenCanvas(1, 1)) })],
  "unet_small painted": [4, "cells.png", (net, image) => net.segment(image, { target: (globalThis.canvas ??= new OffscreenCanvas(1, 1)) })],
};

for (const [name, [times, photo, ask]] of Object.entries(CASES)) {
  test(`${name}: ${times} answers leave nothing, and destroy frees all`, async () => {
    const found = await page.evaluate(
      async ([name, times, photo, ask]) => {
        const question = new Function(`return ${ask}`)();
        const net = await load(name.split(" ")[0]);
        const image = await bitmap(photo);
        // Once, for what is kept between answers.
        await question(net, image);
        await question(net, image);
        const before = await used(net);
        for (let time = 0; time < times; time += 1) {
          await question(net, image);
        }
        const after = await used(net);
        net.destroy();
        return { before, after, end: await used(net) };
      },
      [name, times, photo, ask.toString()],
    );
    const { before, after, end } = found;
    const resources = ({ buffers, textures, querySets }) => ({ buffers, textures, querySets });
    assert.ok(before.buffers > 0 && before.textures > 0, "the resources of a network are counted");
    assert.deepEqual(resources(after), resources(before));
    assert.equal(after.wasm, before.wasm);
    console.log(`# the heap of JavaScript grew by ${after.heap - before.heap} bytes`);
    assert.ok(after.heap - before.heap < 1e6, `${after.heap - before.heap} bytes`);
    assert.deepEqual(resources(end), { buffers: 0, textures: 0, querySets: 0 });
  });
}

test("a profile, a roofline, a refused load and one that is cancelled leave nothing", async () => {
  const found = await page.evaluate(async () => {
    const net = await load("lenet5");
    const before = await used(net);
    await net.profile(2);
    await net.roofline();
    await net.selfTest();
    const refusals = [];
    const refused = async (options) => {
      try {
        await load("lenet5", { device: net.device, ...options });
      } catch (error) {
        refusals.push(error.name === "AbortError" ? error.name : error.code);
      }
    };
    await refused({ weights: "/weights/unet_small.safetensors" });
    await refused({ prepare: ["explain"] });
    const cancelled = new AbortController();
    const { createComputePipeline } = GPUDevice.prototype;
    GPUDevice.prototype.createComputePipeline = function (...given) {
      cancelled.abort();
      return createComputePipeline.apply(this, given);
    };
    await refused({ signal: cancelled.signal, precision: "f16-storage" });
    GPUDevice.prototype.createComputePipeline = createComputePipeline;
    const after = await used(net);
    net.destroy();
    return { refusals, before, after, end: await used(net) };
  });
  assert.deepEqual(found.refusals, ["weights", "input", "AbortError"]);
  for (const kind of ["buffers", "textures", "querySets"]) {
    assert.equal(found.after[kind], found.before[kind], kind);
    assert.equal(found.end[kind], 0, kind);
  }
});

test("a texture of the page stays as it was", async () => {
  const found = await page.evaluate(async () => {
    const net = await load("lenet5");
    const before = alive.textures;
    const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT;
    const texture = net.device.createTexture({ size: [28, 28], format: "rgba8unorm", usage });
    const source = await bitmap("digits/digit_5.png");
    net.device.queue.copyExternalImageToTexture({ source }, { texture }, [28, 28]);
    const indices = [];
    for (const _ of [1, 2]) {
      indices.push((await net.classify(texture))[0].index);
    }
    const kept = alive.textures - before;
    net.destroy();
    const { textures } = await used(net);
    texture.destroy();
    return { indices, kept, textures };
  });
  assert.deepEqual(found, { indices: [5, 5], kept: 1, textures: 1 });
});
