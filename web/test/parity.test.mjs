// Logits in the browser against those of the command line on this machine's own adapter, with synthetic weights.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { launch, open, serve } from "./browser.mjs";
import { command } from "./command.mjs";

/** Names and sizes: a network of each kind of layer, small enough for a software adapter. */
const NETWORKS = [
  ["resnet18", 65],
  ["squeezenet1_1", 65],
  ["mobilenet_v2", 65],
  ["shufflenet_v2_x0_5", 65],
  ["efficientnet_b0", 65],
  ["densenet121", 65],
];

/** The bound of the zoo: this share of the largest value. */
const TOLERANCE = 1e-5;

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

/** A deterministic image, about normalised. */
function image(size) {
  return Float32Array.from({ length: 3 * size * size }, (_, index) => Math.sin(0.7 * index) + Math.sin(0.013 * index));
}

/** Values as a NumPy file of format 1.0. */
function npy(values, dims) {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dims.join(", ")}), }`.padEnd(117) + "\n";
  const begin = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  return Buffer.concat([begin, Buffer.from(header), Buffer.from(values.buffer)]);
}

for (const [name, size] of NETWORKS) {
  test(`${name} gives the logits of the command line`, async () => {
    const [input, output] = [join(folder, "input.npy"), join(folder, "output.npy")];
    writeFileSync(input, npy(image(size), [1, 3, size, size]));
    command("run", name, "--weights", "synthetic:0", "--input", input, "--output", output);
    const file = readFileSync(output);
    const data = file.subarray(10 + file.readUInt16LE(8));
    const expected = Array.from({ length: data.length / 4 }, (_, index) => data.readFloatLE(4 * index));
    const found = await page.evaluate(
      async ([name, size, values]) => {
        const network = await menagerie.Network.withSyntheticWeights(name, 0, { size: [size, size] });
        const answer = await network.run({ data: Float32Array.from(values), dims: [1, 3, size, size] });
        network.destroy();
        return Array.from(answer.data);
      },
      [name, size, Array.from(image(size))],
    );
    assert.equal(found.length, expected.length);
    const largest = Math.max(...expected.map(Math.abs));
    const error = Math.max(...found.map((value, index) => Math.abs(value - expected[index])));
    console.log(`# ${name}: ${(error / largest).toExponential(1)}`);
    assert.ok(error <= TOLERANCE * largest, `${error} of ${largest}`);
  });
}
