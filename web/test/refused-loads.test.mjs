// What a page does wrong when it loads a network: every refusal is an error of the package, with a stable code and one line that
// says what was wrong.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { launch, open, serve } from "./browser.mjs";
import { assertRefused, prepare } from "./outcomes.mjs";

let server, browser, page, broken;

before(async () => {
  server = await serve();
  broken = await breaking();
  browser = await launch();
  page = await open(browser, server.address);
  await prepare(page);
});

after(async () => {
  await browser?.close();
  server?.close();
  broken?.close();
});

/** A server whose answers end before they are complete. */
async function breaking() {
  const server = createServer((request, response) => {
    response.writeHead(200, { "content-length": 1000, "access-control-allow-origin": "*" });
    response.write(Buffer.alloc(100), () => setTimeout(() => response.destroy(), 50));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://localhost:${server.address().port}/weights.safetensors`, close: () => server.close() };
}

test("weights that are none, or of another network", async () => {
  const found = await page.evaluate((broken) => {
    const { Network } = menagerie;
    const load = (weights, name = "lenet5") => Network.load(name, { weights });
    const bytes = async (end) => (await (await fetch("/weights/lenet5.safetensors")).arrayBuffer()).slice(0, end);
    return outcomes({
      unknown: () => load(new ArrayBuffer(8), "mobilnet_v2"),
      name: () => load(new ArrayBuffer(8), 5),
      none: () => Network.load("lenet5"),
      options: () => Network.load("lenet5", null),
      missing: () => load("/weights/none.safetensors"),
      nowhere: () => load("http://localhost:1/weights.safetensors"),
      page: () => load("/blank.html"),
      breaks: () => load(broken),
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
      onnxOptions: () => Network.fromOnnx(new Uint8Array([1]), 3),
    });
  }, broken.address);
  assertRefused(found, {
    unknown: ["unknown_model", /mobilenet_v2/],
    name: ["input", /name of a network, found 5/],
    none: ["missing_weights", /weights/],
    options: ["input", /options: .*found null/],
    missing: ["server", /404/],
    nowhere: ["unreachable", /localhost:1/],
    page: ["weights", /HTML|web page/i],
    breaks: ["unreachable", /ended early, after 100 bytes/],
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
    onnxOptions: ["input", /options: .*found 3/],
  });
});

test("a file that turns out to be a web page is not kept", async () => {
  const found = await page.evaluate(async () => {
    const before = globalThis.fetch;
    const options = {
      weights: ["/weights/lenet5.safetensors", (weights) => ({ weights })],
      labels: ["/digits.txt", (labels) => ({ labels })],
    };
    const digits = URL.createObjectURL(new Blob(["zero one two three four five six seven eight nine".replaceAll(" ", "\n")]));
    const found = {};
    for (const [name, [file, option]] of Object.entries(options)) {
      const mine = `/mine/${name}`;
      found[name] = [];
      for (const path of ["/blank.html", file === "/digits.txt" ? digits : file]) {
        globalThis.fetch = (address, ...rest) => before(address === mine ? path : address, ...rest);
        try {
          const net = await lenet5(option(mine));
          found[name].push(net.name);
          net.destroy();
        } catch ({ code }) {
          found[name].push(code);
        }
      }
      globalThis.fetch = before;
      found[name].push((await (await caches.open("menagerie")).match(mine)) !== undefined);
    }
    return found;
  });
  assert.deepEqual(found, { weights: ["weights", "lenet5", true], labels: ["input", "lenet5", true] });
});

test("WebAssembly that cannot be loaded is named, and found by the next attempt", async () => {
  const other = await open(browser, server.address);
  await prepare(other);
  const found = await other.evaluate(async () => {
    const found = await outcomes({ missing: () => lenet5({ wasm: "/none.wasm" }), page: () => lenet5({ wasm: "/blank.html" }) });
    const net = await lenet5();
    return { found, name: net.name };
  });
  await other.close();
  assertRefused(found.found, { missing: ["unreachable", /none\.wasm/], page: ["unreachable", /blank\.html/] });
  assert.equal(found.name, "lenet5");
});

test("options of the wrong kind", async () => {
  const options = {
    device: "gpu",
    deviceNumber: 7,
    size: 28,
    sizeText: ["28", "28"],
    sizeZero: [0, 28],
    sizeHuge: [2 ** 16, 2 ** 16],
    sizeBeyond: [2 ** 32, 28],
    precision: 16,
    precisionUnknown: "f64",
    keepF32: "conv1",
    layer: ["conv9"],
    labels: 5,
    progress: true,
    preprocess: "fast",
    mean: { mean: "0.5" },
    prepare: "explain",
    prepareUnknown: ["explian"],
    prepareOther: ["segment"],
    prepareNone: ["explain"],
  };
  const where = {
    deviceNumber: "device",
    sizeText: "size",
    sizeZero: "size",
    sizeHuge: "size",
    sizeBeyond: "size",
    prepareUnknown: "prepare",
    prepareOther: "prepare",
    prepareNone: "prepare",
    precisionUnknown: "precision",
    layer: "keepF32",
  };
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
    sizeHuge: ["shape", /65536/],
    sizeBeyond: ["input", /size: .*found \[4294967296, 28\]/],
    precision: ["input", /precision: .*found 16/],
    precisionUnknown: ["input", /precision: .*f16-storage/],
    keepF32: ["input", /keepF32: expected a list/],
    layer: ["unknown_layer", /conv9/],
    labels: ["input", /found 5/],
    progress: ["input", /progress: .*found true/],
    preprocess: ["input", /preprocess: expected an object/],
    mean: ["input", /mean: expected a number/],
    prepare: ["input", /prepare: expected a list of classify, .*found "explain"/],
    prepareUnknown: ["input", /prepare: .*found \["explian"\]/],
    prepareOther: ["wrong_task", /lenet5/],
    prepareNone: ["input", /no class activation maps/],
    signal: ["input", /signal: .*found Object/],
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
