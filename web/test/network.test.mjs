// The package in Chromium, against the answers of the command line and of the reference frameworks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, open, serve } from "./browser.mjs";

let server, browser, page;

before(async () => {
  server = await serve();
  browser = await launch();
  page = await open(browser, server.address);
  await page.evaluate(() => {
    globalThis.network = async (name, options = {}) => {
      globalThis.networks ??= {};
      return (globalThis.networks[name] ??= await menagerie.Network.load(name, { weights: `/weights/${name}.safetensors`, ...options }));
    };
    globalThis.blob = async (path) => (await fetch(`/samples/${path}`)).blob();
    globalThis.thrown = async (work) => {
      try {
        await work();
      } catch (error) {
        return { name: error.name, code: error.code, message: error.message };
      }
    };
  });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** PyTorch's probability for samples/cat.png. */
const CAT = 0.7179;

test("every kind of source gets the answer of PyTorch", async () => {
  const answers = await page.evaluate(async () => {
    const net = await network("mobilenet_v2");
    const file = await blob("cat.png");
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    const offscreen = new OffscreenCanvas(width, height);
    offscreen.getContext("2d").drawImage(bitmap, 0, 0);
    const image = new Image();
    image.src = "/samples/cat.png";
    const frame = new VideoFrame(offscreen, { timestamp: 0 });
    const data = canvas.getContext("2d").getImageData(0, 0, width, height);
    const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT;
    const texture = net.device.createTexture({ size: [width, height], format: "rgba8unorm", usage });
    net.device.queue.copyExternalImageToTexture({ source: bitmap }, { texture }, [width, height]);
    const sources = { file, bitmap, canvas, offscreen, image, frame, data, texture };
    const answers = {};
    for (const [name, source] of Object.entries(sources)) {
      answers[name] = (await net.classify(source, { top: 2 })).map(({ label, index, probability }) => [label, index, probability]);
    }
    answers.list = (await net.classify([file, bitmap]))[1].slice(0, 2).map(Object.values);
    frame.close();
    return answers;
  });
  for (const [source, [[label, index, probability]]] of Object.entries(answers)) {
    assert.equal(label, "Egyptian cat", source);
    assert.equal(index, 285, source);
    assert.ok(Math.abs(probability - CAT) < 1e-3, `${source}: ${probability}`);
  }
});

test("every network with weights in the checkout answers", async () => {
  const found = await page.evaluate(async () => {
    const [lenet, v1, unet] = [await network("lenet5"), await network("mobilenet_v1"), await network("unet_small")];
    const digits = [];
    for (let digit = 0; digit < 10; digit += 1) {
      digits.push((await lenet.classify(await blob(`digits/digit_${digit}.png`)))[0].index);
    }
    const mask = await unet.segment(await blob("cells.png"));
    return {
      digits,
      coffee: (await v1.classify(await blob("coffee.png")))[0].label,
      kind: mask.kind,
      share: mask.share,
      pixels: mask.probabilities.length - mask.width * mask.height,
      tasks: [lenet.task, unet.task],
    };
  });
  assert.deepEqual(found.digits, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal(found.coffee, "espresso");
  assert.deepEqual(found.tasks, ["classify", "segment"]);
  assert.equal(found.kind, "mask");
  assert.equal(found.pixels, 0);
  assert.ok(found.share > 0.05 && found.share < 0.6, `${found.share}`);
});

test("images of any size, and more classes than there are", async () => {
  const found = await page.evaluate(async () => {
    const [lenet, mobilenet, unet] = [await network("lenet5"), await network("mobilenet_v2"), await network("unet_small")];
    const grey = ([width, height]) => {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext("2d");
      context.fillStyle = "grey";
      context.fillRect(0, 0, width, height);
      return canvas;
    };
    const found = {};
    for (const size of [[1, 1], [1, 900], [3000, 2]]) {
      const image = grey(size);
      const [{ probability }] = await mobilenet.classify(image);
      const map = await mobilenet.explain(image);
      found[size] = [probability > 0 && probability <= 1, [map.width, map.height], map.pixels.length === 4 * map.width * map.height];
    }
    const mask = await unet.segment(grey([1, 1]));
    const all = await lenet.classify(grey([28, 28]), { top: 1e9 });
    return { found, mask: [mask.width, mask.height], all: all.length };
  });
  assert.deepEqual(found, {
    found: { "1,1": [true, [1, 1], true], "1,900": [true, [1, 900], true], "3000,2": [true, [3000, 2], true] },
    mask: [1, 1],
    all: 10,
  });
});

test("the page's own device is adopted, and others stay as they are", async () => {
  const found = await page.evaluate(async () => {
    const method = navigator.gpu.requestAdapter;
    const adapter = await navigator.gpu.requestAdapter();
    const device = await adapter.requestDevice();
    const net = await menagerie.Network.load("lenet5", { weights: "/weights/lenet5.safetensors", device });
    const answer = await net.classify(await blob("digits/digit_3.png"));
    const result = { same: net.device === device, index: answer[0].index, method: navigator.gpu.requestAdapter === method && !Object.hasOwn(navigator.gpu, "requestAdapter") };
    net.destroy();
    return result;
  });
  assert.deepEqual(found, { same: true, index: 3, method: true });
});

test("calls that overlap are answered in their order, also of two networks", async () => {
  const found = await page.evaluate(async () => {
    const [left, right] = [await network("lenet5"), await network("mobilenet_v2")];
    const order = [];
    const ask = async (net, image, name) => {
      const [best] = await net.classify(image);
      order.push(name);
      return best.index;
    };
    // Both are at hand, so that the calls begin in this order.
    const [coffee, eight, nine] = [await blob("coffee.png"), await blob("digits/digit_8.png"), await blob("digits/digit_9.png")];
    const indices = await Promise.all([ask(right, coffee, "coffee"), ask(left, eight, 8), ask(left, nine, 9)]);
    return { indices, inOrder: order.indexOf(8) < order.indexOf(9) };
  });
  assert.deepEqual(found, { indices: [967, 8, 9], inOrder: true });
});

/** The options of a load, and what is asked afterwards. */
const PREPARED = {
  lenet5: [{}, ["classify digits/digit_5.png"]],
  mobilenet_v2: [
    { prepare: ["explain", "embed"] },
    ["classify cat.png", "explain coffee.png", "explain cat.png painted", "embed cat.png", "classify coffee.png"],
  ],
  // A segmentation of another size may take other kernels.
  unet_small: [{ size: [128, 128] }, ["segment cells.png", "segment cells.png painted"]],
};

test("everything is compiled while a network is loaded: the first answers compile nothing", async () => {
  const found = await page.evaluate(async (networks) => {
    let pipelines = 0;
    const { createComputePipeline } = GPUDevice.prototype;
    GPUDevice.prototype.createComputePipeline = function (...given) {
      pipelines += 1;
      return createComputePipeline.apply(this, given);
    };
    const found = {};
    for (const [name, [options, asked]] of Object.entries(networks)) {
      const before = pipelines;
      const net = await menagerie.Network.load(name, { weights: `/weights/${name}.safetensors`, ...options });
      found[name] = { load: pipelines - before };
      for (const question of asked) {
        const [call, photo, painted] = question.split(" ");
        const loaded = pipelines;
        await net[call](await blob(photo), painted && { target: new OffscreenCanvas(1, 1) });
        found[name][question] = pipelines - loaded;
      }
      net.destroy();
    }
    Object.assign(GPUDevice.prototype, { createComputePipeline });
    return found;
  }, PREPARED);
  for (const [name, { load, ...asked }] of Object.entries(found)) {
    assert.ok(load > 0, `${name}: ${load} pipelines`);
    for (const [question, compiled] of Object.entries(asked)) {
      assert.equal(compiled, 0, `${name}: pipelines for ${question}`);
    }
  }
});

test("the roofline bounds what kernels reach", async () => {
  const { roofline, profile, timed } = await page.evaluate(async () => {
    const net = await network("mobilenet_v2");
    return { roofline: await net.roofline(), profile: await net.profile(3), timed: net.device.features.has("timestamp-query") };
  });
  const { flopsPerSecond, bytesPerSecond } = roofline;
  // From the slowest processor to a hundred times the fastest GPU.
  assert.ok(flopsPerSecond > 1e7 && flopsPerSecond < 1e17, `${flopsPerSecond}`);
  assert.ok(bytesPerSecond > 1e7 && bytesPerSecond < 1e15, `${bytesPerSecond}`);
  // A busy machine may slow down the measurement, but not by this much.
  const rates = profile.dispatches.map(({ flops, milliseconds }) => (milliseconds > 1 ? (1e3 * flops) / milliseconds : 0));
  assert.equal(timed, profile.dispatches.every(({ milliseconds }) => milliseconds !== null));
  assert.ok(Math.max(...rates) < 10 * flopsPerSecond, `${Math.max(...rates)} of ${flopsPerSecond}`);
});

test("profile, summary, features and named outputs", async () => {
  const found = await page.evaluate(async () => {
    const net = await network("lenet5");
    const [profile, summary] = [await net.profile(2), await net.summary()];
    const features = await (await network("mobilenet_v2")).embed(await blob("cat.png"));
    const one = await net.run(new Float32Array(28 * 28));
    const many = await net.run({ data: new Float32Array(3 * 28 * 28), dims: [3, 1, 28, 28] });
    return {
      dispatches: profile.dispatches.length,
      milliseconds: profile.milliseconds > 0,
      parameters: [summary.parameters, net.parameters],
      features: features.length,
      dims: [one.dims, many.dims],
      names: (await menagerie.networkNames()).includes("resnet50"),
    };
  });
  assert.ok(found.dispatches >= 5);
  assert.deepEqual(found.dims, [[1, 10], [3, 10]]);
  assert.deepEqual(found.parameters, [61706, 61706]);
  assert.equal(found.features, 1280);
  assert.ok(found.milliseconds && found.names);
});

test("a worker classifies", async () => {
  const answer = await page.evaluate(async () => {
    const source = `
      import { Network } from "${location.origin}/web/dist/index.js";
      onmessage = async ({ data }) => {
        const network = await Network.load("lenet5", { weights: "${location.origin}/weights/lenet5.safetensors" });
        postMessage((await network.classify(data))[0].index);
      };
      postMessage("ready");`;
    const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })), { type: "module" });
    const message = () => new Promise((resolve, reject) => Object.assign(worker, { onmessage: ({ data }) => resolve(data), onerror: reject }));
    await message();
    worker.postMessage(await createImageBitmap(await blob("digits/digit_6.png")));
    const answer = await message();
    worker.terminate();
    return answer;
  });
  assert.equal(answer, 6);
});
