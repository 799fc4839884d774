// Maps that are painted on the device, against those that the network returns in memory.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, open, serve } from "./browser.mjs";
import { segments } from "./onnx-file.mjs";

let server, browser, page;

before(async () => {
  server = await serve();
  browser = await launch();
  page = await open(browser, server.address);
  await page.evaluate(() => {
    globalThis.bitmap = async (path) => createImageBitmap(await (await fetch(`/samples/${path}`)).blob());
    /** Counts the bytes that the page reads from the device while `work` runs. */
    globalThis.bytesRead = async (work) => {
      let bytes = 0;
      const { mapAsync } = GPUBuffer.prototype;
      GPUBuffer.prototype.mapAsync = function (...given) {
        bytes += this.size;
        return mapAsync.apply(this, given);
      };
      try {
        return { answer: await work(), bytes };
      } finally {
        GPUBuffer.prototype.mapAsync = mapAsync;
      }
    };
    globalThis.texture = ({ device }, { width, height }) =>
      device.createTexture({ size: [width, height], format: "rgba8unorm", usage: GPUTextureUsage.COPY_SRC | GPUTextureUsage.COPY_DST });
    globalThis.pixelsOfTexture = async ({ device }, texture) => {
      const { width, height } = texture;
      const pitch = Math.ceil((4 * width) / 256) * 256;
      const buffer = device.createBuffer({ size: pitch * height, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
      const encoder = device.createCommandEncoder();
      encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow: pitch }, [width, height]);
      device.queue.submit([encoder.finish()]);
      await buffer.mapAsync(GPUMapMode.READ);
      const rows = new Uint8Array(buffer.getMappedRange());
      const pixels = new Uint8Array(4 * width * height);
      for (let y = 0; y < height; y += 1) {
        pixels.set(rows.subarray(y * pitch, y * pitch + 4 * width), 4 * y * width);
      }
      return pixels;
    };
    globalThis.pixelsOfCanvas = (canvas) => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    globalThis.apart = (found, expected) => found.reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index])), 0);
  });
});

after(async () => {
  await browser?.close();
  server?.close();
});

test("a heat map is that of the class, and only the scores of the classes return", async () => {
  const found = await page.evaluate(async () => {
    const net = await menagerie.Network.load("mobilenet_v2", { weights: "/weights/mobilenet_v2.safetensors" });
    const cat = await bitmap("cat.png");
    const found = { classes: net.labels.length };
    for (const wanted of [undefined, "espresso"]) {
      const map = await net.explain(cat, { class: wanted });
      const [canvas, offscreen, target] = [document.createElement("canvas"), new OffscreenCanvas(1, 1), texture(net, cat)];
      // A page draws over what was painted.
      canvas.getContext("2d").fillRect(0, 0, 5, 5);
      const painted = { texture: await bytesRead(() => net.explain(cat, { class: wanted, target })) };
      painted.canvas = await bytesRead(() => net.explain(cat, { class: wanted, target: canvas }));
      painted.offscreen = await bytesRead(() => net.explain(cat, { class: wanted, target: offscreen }));
      const { pixels, width, height, ...expected } = map;
      found[wanted ?? "the most probable"] = {
        expected,
        answers: Object.values(painted).map(({ answer }) => answer),
        bytes: Object.values(painted).map(({ bytes }) => bytes),
        size: [canvas.width - width, canvas.height - height],
        apart: [await pixelsOfTexture(net, target), pixelsOfCanvas(canvas), pixelsOfCanvas(offscreen)].map((found) => apart(found, pixels)),
        // As the network sees the middle of the picture.
        opaque: pixels.filter((value, index) => index % 4 === 3 && value === 255).length / (width * height),
      };
    }
    net.destroy();
    return found;
  });
  const { classes, ...maps } = found;
  assert.equal(maps["the most probable"].expected.label, "Egyptian cat");
  assert.equal(maps.espresso.expected.label, "espresso");
  for (const [name, { expected, answers, bytes, size, apart, opaque }] of Object.entries(maps)) {
    for (const { label, index, probability, ...rest } of answers) {
      assert.deepEqual([label, index, rest], [expected.label, expected.index, {}], name);
      assert.ok(Math.abs(probability - expected.probability) < 1e-5, `${name}: ${probability}`);
    }
    assert.deepEqual(size, [0, 0], name);
    assert.ok(Math.max(...bytes) <= 4 * (classes + 8), `${name}: ${bytes} bytes`);
    assert.ok(Math.max(...apart) <= 2, `${name}: ${apart} levels`);
    assert.ok(opaque > 0.3 && opaque < 1, `${name}: ${opaque}`);
  }
});

test("a mask and classes are painted, and nothing returns", async () => {
  const found = await page.evaluate(
    async ([onnx]) => {
      const load = {
        mask: () => menagerie.Network.load("unet_small", { weights: "/weights/unet_small.safetensors", size: [64, 64] }),
        classes: () => menagerie.Network.fromOnnx(Uint8Array.from(onnx), { size: [48, 64], preprocess: { resize: [48, 64], mean: 0, std: 1 } }),
      };
      const cells = await bitmap("cells.png");
      const found = {};
      for (const [kind, make] of Object.entries(load)) {
        const net = await make();
        const answer = await net.segment(cells);
        const canvas = document.createElement("canvas");
        const painted = await bytesRead(() => net.segment(cells, { target: canvas }));
        const pixels = pixelsOfCanvas(canvas);
        const covered = (pixel) => (kind === "mask" ? answer.probabilities[pixel] >= 0.5 : answer.classes[pixel] > 0);
        let [differing, some] = [0, 0];
        for (let pixel = 0; pixel < answer.width * answer.height; pixel += 1) {
          differing += (pixels[4 * pixel + 3] === 255) !== covered(pixel);
          some += covered(pixel);
        }
        const share = 1 / (answer.width * answer.height);
        const colours = new Set();
        for (let at = 0; at < pixels.length; at += 4) {
          colours.add(pixels.slice(at, at + 4).join(" "));
        }
        found[kind] = { kind: answer.kind, bytes: painted.bytes, none: painted.answer === undefined, differing: differing * share, some: some * share, colours: [...colours].sort() };
        net.destroy();
      }
      return found;
    },
    [[...segments()]],
  );
  for (const [kind, { bytes, none, differing, some, ...rest }] of Object.entries(found)) {
    assert.deepEqual([rest.kind, none, bytes], [kind, true, 0]);
    // Rounding decides at the threshold.
    assert.ok(differing < 1e-3 && some > 0.02 && some < 0.98, `${kind}: ${differing} of ${some}`);
  }
  assert.deepEqual(found.mask.colours, ["0 0 0 0", "0 229 255 255"]);
  // The colours of Pascal VOC for the classes 1 and 2.
  const known = ["0 0 0 0", "128 0 0 255", "0 128 0 255"];
  assert.ok(found.classes.colours.length >= 2 && found.classes.colours.every((colour) => known.includes(colour)), `${found.classes.colours}`);
});

test("a target that cannot be painted is refused", async () => {
  const found = await page.evaluate(async () => {
    const net = await menagerie.Network.load("unet_small", { weights: "/weights/unet_small.safetensors", size: [32, 32] });
    const other = await (await navigator.gpu.requestAdapter()).requestDevice();
    const cells = await bitmap("cells.png");
    const { width, height } = cells;
    const make = (device, given) =>
      device.createTexture({ size: [width, height], format: "rgba8unorm", usage: GPUTextureUsage.COPY_DST, ...given });
    const busy = document.createElement("canvas");
    busy.getContext("bitmaprenderer");
    const gone = make(net.device, {});
    gone.destroy();
    const targets = {
      size: make(net.device, { size: [width + 1, height] }),
      format: make(net.device, { format: "bgra8unorm" }),
      layers: make(net.device, { size: [width, height, 2] }),
      usage: make(net.device, { usage: GPUTextureUsage.TEXTURE_BINDING }),
      device: make(other, {}),
      destroyed: gone,
      context: busy,
      kind: "canvas",
      none: null,
    };
    const found = {};
    for (const [name, target] of Object.entries(targets)) {
      try {
        await net.segment(cells, { target });
      } catch ({ name: kind, code, message }) {
        found[name] = [kind, code, message];
      }
    }
    // The network is as good as before.
    found.after = (await net.segment(cells)).kind;
    net.destroy();
    return found;
  });
  const expected = {
    size: ["input", /expected a target of \d+x\d+ pixels in rgba8unorm, found \d+x\d+ in rgba8unorm/],
    format: ["input", /found \d+x\d+ in bgra8unorm/],
    layers: ["input", /found \d+x\d+x2/],
    usage: ["input", /COPY_DST/],
    device: ["device", /cannot be painted/],
    destroyed: ["device", /cannot be painted.*destroyed/i],
    context: ["input", /another context/],
    kind: ["input", /found "canvas"/],
    none: ["input", /found null/],
  };
  for (const [name, [code, text]] of Object.entries(expected)) {
    assert.deepEqual(found[name]?.slice(0, 2), ["MenagerieError", code], `${name}: ${found[name]}`);
    assert.match(found[name][2], text);
    assert.doesNotMatch(found[name][2], /\n/u);
  }
  assert.equal(found.after, "mask");
});
