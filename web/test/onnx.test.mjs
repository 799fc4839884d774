// ONNX files in the browser: what their metadata means, and the options, against the command line.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { launch, open, root, serve } from "./browser.mjs";
import { command } from "./command.mjs";
import { colours } from "./onnx-file.mjs";

const PHOTO = "samples/cat.png";

/** As timm writes it. */
const TIMM = {
  label_names: '["red", "green", "blue"]',
  pretrained_cfg: JSON.stringify({
    mean: [0.5, 0.4, 0.3],
    std: [0.25, 0.25, 0.2],
    input_size: [3, 96, 96],
    crop_pct: 0.9,
    interpolation: "bicubic",
  }),
};

/** The metadata of each file, the options in JavaScript, and the same for the command. */
const CASES = {
  "of timm": [TIMM, {}, []],
  "of Ultralytics": [{ names: "{0: 'red', 1: \"judge's wig\", 2: 'blue'}", imgsz: "[64, 64]", task: "classify" }, {}, []],
  "of ONNX": [{ "Image.BitmapPixelFormat": "Bgr8", "Image.NominalPixelRange": "Normalized_1_1" }, {}, []],
  nothing: [{}, {}, []],
  "options before metadata": [
    TIMM,
    {
      labels: "names.txt",
      preprocess: { resize: [80, 72], interpolation: "nearest", channels: "bgr", mean: [0.1, 0.2, 0.3], std: 0.5 },
    },
    ["--resize", "80x72", "--interpolation", "nearest", "--channels", "bgr", "--mean", "0.1,0.2,0.3", "--std", "0.5"],
  ],
  "a size": [TIMM, { size: [128, 64], preprocess: { resize: 140 } }, ["--size", "128x64", "--resize", "140"]],
};

const NAMES = "un\ndeux\ntrois\n";

let server, browser, page, folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "menagerie-"));
  server = await serve();
  browser = await launch();
  page = await open(browser, server.address);
});

after(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true });
});

for (const [name, [metadata, options, flags]] of Object.entries(CASES)) {
  test(`metadata ${name}: the answer of the command line`, async () => {
    const file = colours(metadata);
    const paths = ["net.onnx", "names.csv"].map((name) => join(folder, name));
    writeFileSync(paths[0], file);
    writeFileSync(paths[1], NAMES);
    const labels = options.labels === undefined ? [] : ["--labels", paths[1]];
    const printed = command("classify", join(root, PHOTO), "--model", paths[0], "--json", "--adapter", "cpu", ...labels, ...flags);
    const expected = JSON.parse(printed).top;
    const found = await page.evaluate(
      async ([bytes, options, names, photo]) => {
        const file = new File([Uint8Array.from(bytes)], "net.onnx");
        const labels = options.labels === undefined ? {} : { labels: new File([names], options.labels) };
        const network = await menagerie.Network.fromOnnx(file, { ...options, ...labels });
        const top = await network.classify(await (await fetch(photo)).blob());
        const { name, notices } = network;
        network.destroy();
        return { top, name, notices };
      },
      [[...file], options, NAMES, `/${PHOTO}`],
    );
    assert.equal(found.name, "net");
    const named = ({ label, index }) => [label ?? `class ${index}`, index];
    assert.deepEqual(found.top.map(named), expected.map(named));
    for (const [index, { probability }] of found.top.entries()) {
      const error = Math.abs(probability - expected[index].probability);
      // Photos are resized on the GPU.
      assert.ok(error < 1e-4, `${probability}, expected ${expected[index].probability}`);
    }
    // What is assumed is told.
    assert.equal(found.notices.length, name === "nothing" || name === "of ONNX" ? 1 : 0, found.notices.join("; "));
  });
}

test("two loads at once: each has the notices of its own", async () => {
  const found = await page.evaluate(
    async (files) => {
      const networks = await Promise.all(files.map((file) => menagerie.Network.fromOnnx(Uint8Array.from(file))));
      return networks.map((network) => (network.destroy(), network.notices.length));
    },
    [[...colours({})], [...colours(TIMM)], [...colours({})]],
  );
  assert.deepEqual(found, [1, 0, 1]);
});

test("what a file or an option does not have is an error that says so", async () => {
  const errors = await page.evaluate(
    async ([bytes]) => {
      const load = async (options) => {
        try {
          await menagerie.Network.fromOnnx(Uint8Array.from(bytes), options);
        } catch ({ code, message }) {
          return [code, message];
        }
      };
      return {
        labels: await load({ labels: ["one", "two"] }),
        json: await load({ labels: new File(['{"a": "b"}'], "names.json") }),
        list: await load({ labels: [1, 2, 3] }),
        filter: await load({ preprocess: { interpolation: "lanczos" } }),
        part: await load({ preprocess: { blur: 1 } }),
        dimension: await load({ dimensions: { T: 3 } }),
      };
    },
    [[...colours(TIMM)]],
  );
  const expected = {
    labels: ["input", /3 classes.*2 labels/],
    json: ["input", /names\.json/],
    list: ["input", /labels.*list of strings/],
    filter: ["input", /interpolation.*"bicubic".*"lanczos"/],
    part: ["input", /blur.*resize, crop/],
    dimension: ["input", /"?T"?/],
  };
  for (const [what, [code, message]] of Object.entries(expected)) {
    assert.equal(errors[what]?.[0], code, `${what}: ${errors[what]}`);
    assert.match(errors[what][1], message);
  }
});
