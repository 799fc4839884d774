// What a page does wrong: every refusal is an error of the package, with a stable code and one line that says what was wrong.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, open, serve } from "./browser.mjs";
import { axes } from "./onnx-file.mjs";

let server, browser, page;

before(async () => {
  server = await serve();
  browser = await launch();
  page = await open(browser, server.address);
  await page.evaluate(() => {
    globalThis.lenet5 = (options) => menagerie.Network.load("lenet5", { weights: "/weights/lenet5.safetensors", ...options });
    globalThis.blob = async (path) => (await fetch(`/samples/${path}`)).blob();
    /** What became of each of `works`: the error, or "no error". A call that never ends is named, too. */
    globalThis.outcomes = async (works) => {
      const found = {};
      for (const [name, work] of Object.entries(works)) {
        const late = new Promise((resolve) => setTimeout(resolve, 60_000, { message: "it never ends" }));
        const done = async () => {
          try {
            await work();
            return { message: "no error" };
          } catch ({ name, code, message }) {
            return { name, code, message };
          }
        };
        found[name] = await Promise.race([done(), late]);
      }
      return found;
    };
  });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** Checks that `found` has the expected codes and texts. */
function assertRefused(found, expected) {
  assert.deepEqual(Object.keys(found), Object.keys(expected));
  for (const [what, [code, text]] of Object.entries(expected)) {
    const { name, message } = found[what];
    assert.equal(`${name} ${found[what].code}`, `MenagerieError ${code}`, `${what}: ${message}`);
    assert.match(message, text, what);
    assert.doesNotMatch(message, /\n/u, what);
  }
}

test("weights that are none, or of another network", async () => {
  const found = await page.evaluate(() => {
    const { Network } = menagerie;
    const load = (weights, name = "lenet5") => Network.load(name, { weights });
    const bytes = async (end) => (await (await fetch("/weights/lenet5.safetensors")).arrayBuffer()).slice(0, end);
    return outcomes({
      unknown: () => load(new ArrayBuffer(8), "mobilnet_v2"),
      name: () => load(new ArrayBuffer(8), 5),
      none: () => Network.load("lenet5"),
      missing: () => load("/weights/none.safetensors"),
      nowhere: () => load("http://localhost:1/weights.safetensors"),
      page: () => load("/blank.html"),
      cut: async () => load(await bytes(100_000)),
      head: async () => load(await bytes(4)),
      empty: () => load(new ArrayBuffer(0)),
      detached: async () => {
        const buffer = await bytes();
        structuredClone(buffer, { transfer: [buffer] });
        return load(buffer);
      },
      detachedView: async () => {
        const view = new Uint8Array(await bytes());
        structuredClone(view.buffer, { transfer: [view.buffer] });
        return load(view);
      },
      read: async () => {
        const response = await fetch("/weights/lenet5.safetensors");
        await response.arrayBuffer();
        return load(response);
      },
      number: () => load(7),
      floats: () => load(new Float32Array(7)),
      other: () => load("/weights/lenet5.safetensors", "resnet18"),
      onnx: () => Network.fromOnnx(new Uint8Array([1, 2, 3])),
      onnxNone: () => Network.fromOnnx(),
    });
  });
  assertRefused(found, {
    unknown: ["unknown_model", /mobilenet_v2/],
    name: ["input", /name of a network, found 5/],
    none: ["missing_weights", /weights/],
    missing: ["server", /404/],
    nowhere: ["unreachable", /localhost:1/],
    page: ["weights", /HTML|web page/i],
    cut: ["weights", /100000|bytes|ends/],
    head: ["weights", /4 bytes|bytes/],
    empty: ["input", /empty, or were transferred/],
    detached: ["input", /empty, or were transferred/],
    detachedView: ["input", /empty, or were transferred/],
    read: ["input", /unread Response/],
    number: ["input", /as a file, found 7/],
    floats: ["input", /as a file, found Float32Array/],
    other: ["weights", /lenet5/],
    onnx: ["model", /ONNX/],
    onnxNone: ["input", /as a file, found undefined/],
  });
});

test("a file that turns out to be a web page is not kept", async () => {
  const found = await page.evaluate(async () => {
    const before = globalThis.fetch;
    const found = [];
    for (const path of ["/blank.html", "/weights/lenet5.safetensors"]) {
      globalThis.fetch = (address, ...rest) => before(address === "/mine.safetensors" ? path : address, ...rest);
      try {
        const net = await menagerie.Network.load("lenet5", { weights: "/mine.safetensors" });
        found.push(net.name);
        net.destroy();
      } catch ({ code }) {
        found.push(code);
      }
    }
    globalThis.fetch = before;
    found.push((await (await caches.open("menagerie")).match("/mine.safetensors")) !== undefined);
    return found;
  });
  assert.deepEqual(found, ["weights", "lenet5", true]);
});

test("options of the wrong kind", async () => {
  const options = {
    device: "gpu",
    deviceNumber: 7,
    size: 28,
    sizeText: ["28", "28"],
    sizeZero: [0, 28],
    precision: 16,
    precisionUnknown: "f64",
    keepF32: "conv1",
    layer: ["conv9"],
    labels: 5,
    progress: true,
    preprocess: "fast",
    mean: { mean: "0.5" },
  };
  const where = { deviceNumber: "device", sizeText: "size", sizeZero: "size", precisionUnknown: "precision", layer: "keepF32" };
  const found = await page.evaluate(
    ([options, where]) => {
      const works = Object.entries(options).map(([name, value]) => {
        const option = name === "mean" ? { preprocess: value } : { [where[name] ?? name]: value };
        return [name, () => lenet5({ precision: name === "layer" ? "f16-storage" : undefined, ...option })];
      });
      return outcomes({ ...Object.fromEntries(works), signal: () => lenet5({ signal: { aborted: false } }) });
    },
    [options, where],
  );
  assertRefused(found, {
    device: ["input", /device: expected a GPUDevice or "cpu", found "gpu"/],
    deviceNumber: ["input", /device: .*found 7/],
    size: ["input", /size: .*found 28/],
    sizeText: ["input", /size: .*found \["28", "28"\]/],
    sizeZero: ["input", /size: .*found \[0, 28\]/],
    precision: ["input", /precision: .*found 16/],
    precisionUnknown: ["input", /precision: .*f16-storage/],
    keepF32: ["input", /keepF32: expected a list/],
    layer: ["unknown_layer", /conv9/],
    labels: ["input", /found 5/],
    progress: ["input", /progress: .*found true/],
    preprocess: ["input", /preprocess: expected an object/],
    mean: ["input", /mean: expected a number/],
    signal: ["input", /signal: .*found Object/],
  });
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
      format: () => net.classify(texture(net.device, { format: "r8unorm" })),
      usage: () => net.classify(texture(net.device, { usage: GPUTextureUsage.COPY_SRC })),
      depth: () => net.classify(texture(net.device, { size: [28, 28, 2], dimension: "3d" })),
      device: () => net.classify(texture(other, {})),
      destroyed: () => net.classify(gone),
      top: () => net.classify(cat, { top: -1 }),
      topHalf: () => net.classify(cat, { top: 1.5 }),
      task: () => net.segment(cat),
      noMaps: () => net.explain(cat),
      class: () => mobilenet.explain(cat, { class: "unicorn" }),
      classBeyond: () => mobilenet.explain(cat, { class: 1000 }),
      classBelow: () => mobilenet.explain(cat, { class: -1 }),
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
    format: ["input", /rgba8unorm.*found r8unorm/],
    usage: ["input", /TEXTURE_BINDING/],
    depth: ["input", /two dimensions|2d/],
    device: ["device", /device/],
    destroyed: ["device", /estroyed/],
    top: ["input", /top: .*found -1/],
    topHalf: ["input", /top: .*found 1.5/],
    task: ["wrong_task", /lenet5/],
    noMaps: ["input", /no class activation maps/],
    class: ["input", /unicorn/],
    classBeyond: ["input", /no class 1000/],
    classBelow: ["input", /class: .*found -1/],
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
      const found = await outcomes({
        axes: () => digits.run({ data: new Float32Array(5), dims: [5] }),
        few: () => digits.run(new Float32Array(5)),
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
    // One number for each image is a vector of one.
    more: [[4, 5], [2, 1]],
  });
  assertRefused(found.found, {
    axes: ["input", /expected \[N, 1, 28, 28\], found \[5\]/],
    few: ["input", /784|28/],
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

test("a load ends when it is cancelled, at any stage", async () => {
  const found = await page.evaluate(async () => {
    const reason = new Error("the user left");
    const stalled = () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(8)) }));
    const load = (when, weights = "/weights/mobilenet_v2.safetensors") => {
      const controller = new AbortController();
      const abort = () => controller.abort(reason);
      when(abort);
      return menagerie.Network.load("mobilenet_v2", { weights, signal: controller.signal, cache: false });
    };
    const found = {};
    const cases = {
      before: () => load((abort) => abort()),
      "in the download": () => load((abort) => setTimeout(abort, 0)),
      "in a download that stalls": () => load((abort) => setTimeout(abort, 50), stalled()),
      "while it is compiled": async () => {
        const { createComputePipeline } = GPUDevice.prototype;
        const compiling = new Promise((resolve) => {
          GPUDevice.prototype.createComputePipeline = function (...given) {
            resolve();
            return createComputePipeline.apply(this, given);
          };
        });
        try {
          return await load((abort) => compiling.then(abort));
        } finally {
          GPUDevice.prototype.createComputePipeline = createComputePipeline;
        }
      },
    };
    for (const [name, work] of Object.entries(cases)) {
      const late = new Promise((resolve) => setTimeout(resolve, 60_000, "it never ends"));
      const done = work().then(() => "loaded", (error) => error === reason);
      found[name] = await Promise.race([done, late]);
    }
    return found;
  });
  assert.deepEqual(found, { before: true, "in the download": true, "in a download that stalls": true, "while it is compiled": true });
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
  assertRefused(found.found, { classify: refused, run: refused, profile: refused, summary: refused, selfTest: refused });
});

test("a device that is lost during a call, or was before, is told", async () => {
  const found = await page.evaluate(async () => {
    const net = await menagerie.Network.load("mobilenet_v2", { weights: "/weights/mobilenet_v2.safetensors" });
    const cat = await createImageBitmap(await blob("cat.png"));
    const found = await outcomes({
      during: () => {
        const answer = net.classify(cat);
        setTimeout(() => net.device.destroy(), 20);
        return answer;
      },
      painting: () => net.explain(cat, { target: new OffscreenCanvas(1, 1) }),
      before: async () => {
        const device = await (await navigator.gpu.requestAdapter()).requestDevice();
        device.destroy();
        await device.lost;
        return lenet5({ device });
      },
    });
    net.destroy();
    return found;
  });
  const lost = ["device_lost", /lost.*Load the network again/];
  assertRefused(found, { during: lost, painting: lost, before: lost });
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
