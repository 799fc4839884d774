// The npm package and onnxruntime-web on the same page, with the same networks and weights: bytes loaded, the time to the first
// answer, and the time of a run. `node web.mjs FOLDER [--rounds 3] [--runs 5] [NAME...]`; run-web.sh prepares the folder.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { launch, root, serve } from "../../web/test/browser.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "3" }, runs: { type: "string", default: "5" } },
});
const [folder, ...given] = positionals;
const names = given.length > 0 ? given : ["squeezenet1_1", "mobilenet_v2", "resnet18", "resnet50"];
const [rounds, runs] = [Number(values.rounds), Number(values.runs)];
const networks = join(resolve(folder), "networks");
const PEER = "onnxruntime-web";

/** What a page does with each engine. Each is made into a function of the page: `make(name)` gives a function that runs. */
const ENGINES = {
  menagerie: async (name) => {
    const { Network } = await import("/web/dist/index.js");
    const network = await Network.load(name, { weights: `/networks/${name}.safetensors`, cache: false });
    return async (data) => (await network.run({ data, dims: [1, 3, 224, 224] })).data;
  },
  [PEER]: async (name) => {
    const ort = await import("/peer/ort.webgpu.bundle.min.mjs");
    ort.env.wasm.wasmPaths = "/peer/";
    ort.env.logLevel = "error";
    const session = await ort.InferenceSession.create(`/networks/${name}.onnx`, { executionProviders: ["webgpu"] });
    return async (data) => {
      const input = new ort.Tensor("float32", data, [1, 3, 224, 224]);
      const answers = await session.run({ [session.inputNames[0]]: input });
      return answers[session.outputNames[0]].getData();
    };
  },
};

function exportNetwork(name) {
  const files = ["onnx", "safetensors"];
  if (!files.every((format) => existsSync(join(networks, `${name}.${format}`)))) {
    const script = fileURLToPath(new URL("networks.py", import.meta.url));
    execFileSync(process.env.PYTHON, [script, name, networks, ...files], { stdio: ["ignore", "ignore", "pipe"] });
  }
}

/** A page in a new browser, which has loaded and compiled nothing. `bytes` are those that it loads. */
async function fresh(work) {
  const loaded = { code: 0, network: 0 };
  const served = (path, size) => (loaded[path.startsWith("/networks/") ? "network" : "code"] += size);
  const mounts = { "/networks/": networks, "/peer/": join(resolve(folder), "node_modules/onnxruntime-web/dist") };
  const server = await serve(root, { mounts, served });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    await page.goto(`${server.address}/blank.html`);
    const engines = Object.entries(ENGINES).map(([engine, make]) => `${JSON.stringify(engine)}: ${make}`);
    await page.evaluate(`
      globalThis.engines = { ${engines.join(", ")} };
      globalThis.image = Float32Array.from({ length: 3 * 224 * 224 }, (_, index) => Math.sin(0.7 * index) + Math.sin(0.013 * index));`);
    return { ...(await work(page)), loaded };
  } finally {
    await browser.close();
    server.close();
  }
}

/** The milliseconds from an empty page to the first answer, and the answer. */
const first = (engine, name) =>
  fresh((page) =>
    page.evaluate(
      async ([engine, name]) => {
        const begin = performance.now();
        const run = await globalThis.engines[engine](name);
        const answer = await run(globalThis.image);
        return { milliseconds: performance.now() - begin, answer: Array.from(answer) };
      },
      [engine, name],
    ),
  );

/** The milliseconds of runs of all engines on one page, which take turns. */
const alternating = (name) =>
  fresh((page) =>
    page.evaluate(
      async ([name, runs]) => {
        const engines = [];
        for (const [engine, make] of Object.entries(globalThis.engines)) {
          const run = await make(name);
          await run(globalThis.image);
          engines.push({ engine, run, times: [] });
        }
        for (let turn = 0; turn < runs; turn += 1) {
          for (const { run, times } of turn % 2 === 0 ? engines : engines.toReversed()) {
            const begin = performance.now();
            await run(globalThis.image);
            times.push(performance.now() - begin);
          }
        }
        return { times: Object.fromEntries(engines.map(({ engine, times }) => [engine, times])) };
      },
      [name, runs],
    ),
  );

const least = (numbers) => Math.min(...numbers);
const geometric = (ratios) => Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
const version = (path) => JSON.parse(readFileSync(path, "utf8")).version;

console.log(`menagerie ${version(join(root, "web/package.json"))}, ${PEER} ${version(join(resolve(folder), "node_modules/onnxruntime-web/package.json"))}`);
console.log(`least of ${rounds} turns; ${runs} runs a turn, alternating on one page\n`);
console.log("| network | bytes loaded, MB: code + network | first answer, ms | a run, ms | ratios |\n| --- | --- | --- | --- | --- |");
const ratios = { bytes: [], first: [], run: [] };
for (const name of names) {
  exportNetwork(name);
  const found = Object.fromEntries(Object.keys(ENGINES).map((engine) => [engine, { firsts: [], times: [] }]));
  for (let turn = 0; turn < rounds; turn += 1) {
    const order = Object.keys(ENGINES);
    for (const engine of turn % 2 === 0 ? order : order.reverse()) {
      const { milliseconds, answer, loaded } = await first(engine, name);
      found[engine].firsts.push(milliseconds);
      Object.assign(found[engine], { answer, loaded });
    }
    for (const [engine, times] of Object.entries((await alternating(name)).times)) {
      found[engine].times.push(...times);
    }
  }
  const [ours, theirs] = [found.menagerie, found[PEER]];
  const largest = Math.max(...theirs.answer.map(Math.abs));
  const apart = Math.max(...theirs.answer.map((value, index) => Math.abs(value - ours.answer[index]))) / largest;
  if (!(apart < 1e-3)) {
    throw new Error(`${name}: the answers differ by ${apart} of the largest value`);
  }
  const bytes = ({ loaded }) => loaded.code + loaded.network;
  const all = [bytes(theirs) / bytes(ours), least(theirs.firsts) / least(ours.firsts), least(theirs.times) / least(ours.times)];
  Object.values(ratios).forEach((list, index) => list.push(all[index]));
  const both = (show) => `${show(ours)} / ${show(theirs)}`;
  const row = [
    name,
    both(({ loaded }) => `${(loaded.code / 1e6).toFixed(1)} + ${(loaded.network / 1e6).toFixed(1)}`),
    both(({ firsts }) => least(firsts).toFixed(0)),
    both(({ times }) => least(times).toFixed(0)),
    all.map((ratio) => ratio.toFixed(2)).join(", "),
  ];
  console.log(`| ${row.join(" | ")} |`);
}
const means = Object.entries(ratios).map(([what, list]) => `${what} ${geometric(list).toFixed(2)}`);
console.log(`\nGeometric means of ${PEER}'s over ours: ${means.join(", ")}.`);
