// How long a page is blocked while it loads networks and asks them, and what the first answers cost.
//
//     node bench/long-tasks.mjs [--loads 3] [--answers 10] [--weights FOLDER] [NAME...]
//
// Each load is in a browser of its own, which has compiled nothing yet. A long task is what the browser reports as one: more than
// 50 ms of the page's main thread by the clock on the wall. On a busy machine, tasks are long because they wait for a processor, so
// the longest task is also told in processor time, from the browser's trace. Of several loads, the one with the shortest longest
// task counts. Weights are NAME.safetensors in the folder, by default that of the checkout, and synthetic where there is no such
// file.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { launch, open, root, serve } from "../test/browser.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    loads: { type: "string", default: "3" },
    answers: { type: "string", default: "10" },
    weights: { type: "string", default: join(root, "weights") },
  },
});
const NAMES = ["lenet5", "mobilenet_v2", "squeezenet1_1", "resnet18", "resnet50", "densenet121", "efficientnet_b0", "unet_small"];

/** Loads `name` on a page, and asks it several times. */
const ask = (page, name, weights) =>
  page.evaluate(
    async ([name, weights, asked]) => {
      const { Network } = menagerie;
      // The module is started by the first network.
      (await Network.withSyntheticWeights("lenet5", 0)).destroy();
      let pipelines = 0;
      const { createComputePipeline } = GPUDevice.prototype;
      GPUDevice.prototype.createComputePipeline = function (...given) {
        pipelines += 1;
        return createComputePipeline.apply(this, given);
      };
      const bytes = weights && new Uint8Array(await (await fetch(weights)).arrayBuffer());
      const photo = await createImageBitmap(await (await fetch("/samples/cat.png")).blob());
      const long = [];
      const observer = new PerformanceObserver((list) => long.push(...list.getEntries()));
      observer.observe({ type: "longtask" });
      const begin = performance.mark("begin").startTime;
      const network = await (bytes ? Network.load(name, { weights: bytes }) : Network.withSyntheticWeights(name, 0));
      const loaded = performance.mark("loaded").startTime;
      const atLoad = pipelines;
      const answers = [];
      for (let count = 0; count < asked; count += 1) {
        const begin = performance.now();
        await (network.task === "segment" ? network.segment(photo) : network.classify(photo));
        answers.push(performance.now() - begin);
      }
      const ended = performance.mark("ended").startTime;
      // The observer is told after the task.
      await new Promise((resolve) => setTimeout(resolve, 100));
      const within = (from, to) => long.filter(({ startTime }) => startTime >= from && startTime < to).map(({ duration }) => duration);
      return { load: loaded - begin, atLoad, later: pipelines - atLoad, answers, long: [within(begin, loaded), within(loaded, ended)] };
    },
    [name, weights, Number(values.answers)],
  );

/** The processor time of the longest task of the page's main thread between two marks, in milliseconds. */
function processorTime(events, from, to) {
  const mark = (name) => events.find((event) => event.name === name && event.cat.includes("user_timing"));
  const [first, last] = [mark(from), mark(to)];
  const tasks = events.filter(
    ({ name, pid, tid, ts, dur }) => name.endsWith("RunTask") && pid === first.pid && tid === first.tid && ts + dur >= first.ts && ts <= last.ts,
  );
  return Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1e3));
}

async function measured(name) {
  const file = join(resolve(values.weights), `${name}.safetensors`);
  const [server, browser] = [await serve(root, { mounts: { "/networks/": resolve(values.weights) } }), await launch()];
  try {
    const page = await open(browser, server.address);
    page.setDefaultTimeout(0);
    await browser.startTracing(page, { categories: ["toplevel", "blink.user_timing"] });
    const found = await ask(page, name, existsSync(file) ? `/networks/${name}.safetensors` : null);
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
    const processor = [processorTime(traceEvents, "begin", "loaded"), processorTime(traceEvents, "loaded", "ended")];
    return { ...found, processor };
  } finally {
    await browser.close();
    server.close();
  }
}

const longest = (tasks) => Math.max(0, ...tasks);
const columns = [
  "network", "load, ms", "pipelines", "long tasks", "longest, ms", "processor, ms",
  "pipelines later", "first answer, ms", "last, ms", "long tasks", "longest, ms", "processor, ms",
];
console.log(`| ${columns.join(" | ")} |\n|${" --- |".repeat(columns.length)}`);
for (const name of positionals.length > 0 ? positionals : NAMES) {
  const loads = [];
  for (let load = 0; load < Number(values.loads); load += 1) {
    loads.push(await measured(name));
  }
  const [best] = loads.sort((a, b) => a.processor[0] - b.processor[0]);
  const part = (index) => [best.long[index].length, longest(best.long[index]).toFixed(0), best.processor[index].toFixed(0)];
  const [first, last] = [best.answers[0], best.answers.at(-1)].map((time) => time.toFixed(0));
  console.log(`| ${[name, best.load.toFixed(0), best.atLoad, ...part(0), best.later, first, last, ...part(1)].join(" | ")} |`);
}
