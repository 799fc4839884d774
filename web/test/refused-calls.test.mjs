// What a page asks wrong: every refusal is an error of the package, with a stable code and one line that says what was wrong.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, open, serve } from "./browser.mjs";
import { axes } from "./onnx-file.mjs";
import { assertRefused, prepare } from "./outcomes.mjs";

let server, browser, page;

before(async () => {
  server = await serve();
  browser = await launch();
  page = await open(browser, server.address);
  await prepare(page);
});

after(async () => {
  await browser?.close();
  server?.close();
});

test("images that are none, and questions that have no answer", async () => {
  const found = await page.evaluate(async () => {
    const net = await lenet5();
    const mobilenet = await menagerie.Network.load("mobilenet_v2", { weights: "/weights/mobilenet_v2.safetensors", device: net.device });
    const other = await (await navigator.gpu.requestAdapter()).requestDevice();
    const cat = await createImageBitmap(await blob("cat.png"));
    const texture = (device, given) =>
      device.createTexture({ size: [28, 28], format: "rgba8unorm", usage: GPUTextureUsage.TEXTURE_BINDING, ...given });
    const gone = texture(net.device, {});
    gone.destroy();
    const largest = net.device.limits.maxTextureDimension2D;
    const tainted = new Image();
    tainted.src = `${location.origin.replace("localhost", "127.0.0.1")}/samples/cat.png`;
    await tainted.decode();
    const foreign = document.createElement("canvas");
    foreign.getContext("2d").drawImage(tainted, 0, 0);
    const closed = {
      bitmap: await createImageBitmap(await blob("cat.png")),
      frame: new VideoFrame(cat, { timestamp: 0 }),
    };
    closed.bitmap.close();
    closed.frame.close();
    const pixels = (length) => ({ data: new Uint8ClampedArray(length), width: 28, height: 28 });
    const transferred = document.createElement("canvas");
    transferred.transferControlToOffscreen();
    const detached = pixels(4 * 28 * 28);
    structuredClone(detached.data.buffer, { transfer: [detached.data.buffer] });
    const found = await outcomes({
      blob: () => net.classify(new Blob(["no image"])),
      video: () => net.classify(document.createElement("video")),
      broken: () => net.classify(Object.assign(new Image(), { src: "/none.png" })),
      canvas: () => net.classify(new OffscreenCanvas(0, 5)),
      number: () => net.classify(7),
      nothing: () => net.classify(undefined),
      object: () => net.classify({}),
      inList: () => net.classify([cat, "cat"]),
      bitmapClosed: () => net.classify(closed.bitmap),
      frameClosed: () => net.classify(closed.frame),
      foreign: () => net.classify(foreign),
      short: () => net.classify(pixels(28 * 28 * 3)),
      detached: () => net.classify(detached),
      large: () => net.classify(new OffscreenCanvas(largest + 1, 1)),
      wide: async () => {
        const canvas = new OffscreenCanvas(20_000, 8);
        canvas.getContext("2d").fillRect(0, 0, 1, 1);
        return net.classify(await canvas.convertToBlob());
      },
      format: () => net.classify(texture(net.device, { format: "r8unorm" })),
      usage: () => net.classify(texture(net.device, { usage: GPUTextureUsage.COPY_SRC })),
      depth: () => net.classify(texture(net.device, { size: [28, 28, 2], dimension: "3d" })),
      device: () => net.classify(texture(other, {})),
      destroyed: () => net.classify(gone),
      top: () => net.classify(cat, { top: -1 }),
      topHalf: () => net.classify(cat, { top: 1.5 }),
      topZero: () => net.classify(cat, { top: 0 }),
      topNaN: () => net.classify(cat, { top: NaN }),
      options: () => net.classify(cat, null),
      task: () => net.segment(cat),
      noMaps: () => net.explain(cat),
      class: () => mobilenet.explain(cat, { class: "unicorn" }),
      classBeyond: () => mobilenet.explain(cat, { class: 1000 }),
      classBelow: () => mobilenet.explain(cat, { class: -1 }),
      classFar: () => mobilenet.explain(cat, { class: 1e9 }),
      classNaN: () => mobilenet.explain(cat, { class: NaN }),
      targetTransferred: () => mobilenet.explain(cat, { target: transferred }),
      classPainted: () => mobilenet.explain(cat, { class: 1000, target: document.createElement("canvas") }),
      runs: () => net.profile(0),
    });
    const [{ label }] = await mobilenet.classify(cat);
    net.destroy();
    mobilenet.destroy();
    return { found, label };
  });
  assert.equal(found.label, "Egyptian cat");
  assertRefused(found.found, {
    blob: ["photo", /decode/],
    video: ["input", /no pixels/],
    broken: ["photo", /decode/],
    canvas: ["input", /no pixels/],
    number: ["input", /found 7/],
    nothing: ["input", /found undefined/],
    object: ["input", /no pixels/],
    inList: ["input", /found "cat"/],
    bitmapClosed: ["input", /no pixels/],
    frameClosed: ["input", /no pixels/],
    foreign: ["photo", /does not give out/],
    short: ["input", /expected 3136 bytes.*found 2352/],
    detached: ["input", /found 0/],
    large: ["input", /at most \d+ pixels/],
    wide: ["input", /at most \d+ pixels.*found 20000x8/],
    format: ["input", /rgba8unorm.*found r8unorm/],
    usage: ["input", /TEXTURE_BINDING/],
    depth: ["input", /two dimensions|2d/],
    device: ["device", /device/],
    destroyed: ["device", /estroyed/],
    top: ["input", /top: .*found -1/],
    topHalf: ["input", /top: .*found 1.5/],
    topZero: ["input", /top: .*found 0/],
    topNaN: ["input", /top: .*found NaN/],
    options: ["input", /options: .*found null/],
    task: ["wrong_task", /lenet5/],
    noMaps: ["input", /no class activation maps/],
    class: ["input", /unicorn/],
    classBeyond: ["input", /no class 1000/],
    classBelow: ["input", /class: .*found -1/],
    classFar: ["input", /no class 1000000000/],
    classNaN: ["input", /class: .*found NaN/],
    targetTransferred: ["input", /target is a canvas without a context/],
    classPainted: ["input", /no class 1000/],
    runs: ["input", /runs: .*found 0/],
  });
});

test("tensors of any number of axes, and those that do not fit", async () => {
  const found = await page.evaluate(
    async ([onnx]) => {
      const net = await menagerie.Network.fromOnnx(Uint8Array.from(onnx));
      const digits = await lenet5();
      const words = { data: Float32Array.from({ length: 20 }, (_, index) => index), dims: [2, 5, 2] };
      const scale = { data: new Float32Array([3, 4]), dims: [2] };
      const outputs = await net.run({ words, scale });
      const one = new Float32Array(28 * 28);
      const gone = new Float32Array(28 * 28);
      structuredClone(gone.buffer, { transfer: [gone.buffer] });
      const found = await outcomes({
        axes: () => digits.run({ data: new Float32Array(5), dims: [5] }),
        few: () => digits.run(new Float32Array(5)),
        detached: () => digits.run(gone),
        beyond: () => digits.run({ data: new Float32Array(0), dims: [65536, 1, 65536, 1] }),
        dims: () => digits.run({ data: one, dims: [1, 1, 28, -28] }),
        text: () => digits.run({ data: one, dims: "1x1x28x28" }),
        type: () => digits.run(new Float64Array(28 * 28)),
        nothing: () => digits.run(null),
        name: () => digits.run({ image: one }),
        nan: () => digits.run(new Float32Array(28 * 28).fill(NaN)),
        missing: () => net.run({ words }),
        extents: () => net.run({ words: { data: words.data, dims: [2, 2, 5] }, scale }),
        images: () => net.run({ words, scale: { data: new Float32Array(3), dims: [3] } }),
      });
      net.destroy();
      digits.destroy();
      return { outputs: Object.fromEntries(Object.entries(outputs).map(([name, { data, dims }]) => [name, [[...data], dims]])), found };
    },
    [[...axes()]],
  );
  assert.deepEqual(found.outputs, {
    doubled: [Array.from({ length: 20 }, (_, index) => 2 * index), [2, 5, 2]],
    more: [[4, 5], [2]],
  });
  assertRefused(found.found, {
    axes: ["input", /expected \[N, 1, 28, 28\], found \[5\]/],
    few: ["input", /784|28/],
    detached: ["input", /784.*found 0/],
    beyond: ["shape", /at most/],
    dims: ["input", /dims/],
    text: ["input", /dims/],
    type: ["input", /Float32Array/],
    nothing: ["input", /found null/],
    name: ["input", /image/],
    nan: ["input", /NaN/],
    missing: ["input", /scale/],
    extents: ["input", /expected \[N, 5, 2\], found \[2, 2, 5\]/],
    images: ["input", /2.*3|3.*2/],
  });
});

test("after destroy, calls are refused and the rest stays as it was", async () => {
  const found = await page.evaluate(async () => {
    const net = await lenet5();
    const digit = await blob("digits/digit_1.png");
    const last = net.classify(digit);
    const { device, adapter } = net;
    net.destroy();
    net.destroy();
    net[Symbol.dispose ?? "destroy"]();
    const [{ index }] = await last;
    const found = await outcomes({
      classify: () => net.classify(digit),
      run: () => net.run(new Float32Array(28 * 28)),
      profile: () => net.profile(1),
      roofline: () => net.roofline(),
      summary: () => net.summary(),
      selfTest: () => net.selfTest(),
    });
    const rest = [net.device === device, net.adapter === adapter, net.name, net.labels.length];
    device.destroy();
    return { index, found, rest, lost: (await net.lost).code };
  });
  assert.equal(found.index, 1);
  assert.deepEqual(found.rest, [true, true, "lenet5", 10]);
  assert.equal(found.lost, "device_lost");
  const refused = ["input", /lenet5 was destroyed/];
  assertRefused(found.found, { classify: refused, run: refused, profile: refused, roofline: refused, summary: refused, selfTest: refused });
});

test("two networks share a device, and one outlives the other", async () => {
  const found = await page.evaluate(async () => {
    const first = await lenet5();
    const second = await lenet5({ device: first.device, precision: "f16-storage" });
    const [one, two] = [await blob("digits/digit_1.png"), await blob("digits/digit_2.png")];
    const indices = (await Promise.all([first.classify(one), second.classify(two)])).map(([{ index }]) => index);
    first.destroy();
    indices.push((await second.classify(one))[0].index);
    const same = first.device === second.device;
    second.destroy();
    return { same, indices };
  });
  assert.deepEqual(found, { same: true, indices: [1, 2, 1] });
});
