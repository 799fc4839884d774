// How long a page is blocked while it loads networks and asks them, and what the first answers cost.
//
//     node bench/long-tasks.mjs [--loads 3] [--weights FOLDER] [NAME...]
//
// Each load is in a browser of its own, which has compiled nothing yet. A long task is what the browser reports as one: more than
// 50 ms on the page's main thread, by the clock on the wall. A busy machine makes tasks longer, so the load with the shortest
// longest task counts. Weights are NAME.safetensors in the folder, by default that of the checkout, and synthetic where there is
// no such file.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { launch, open, root, serve } from "../test/browser.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { loads: { type: "string", default: "3" }, weights: { type: "string", default: join(root, "weights") } },
});
const NAMES = ["lenet5", "mobilenet_v2", "squeezenet1_1", "resnet18", "resnet50", "densenet121", "efficientnet_b0", "unet_small"];

/** Loads `name` on a page, and asks it ten times. */
async function measured(page, name, weights) {
  return page.evaluate(
    async ([name, weights]) => {
      const { Network } = menagerie;
      // The module is started by the first network.
      (await Network.withSyntheticWeights("lenet5", 0)).destroy();
      const tasks = [];
      let part = "load";
      const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => ({ part, duration }))));
      observer.observe({ type: "longtask" });
      // What the observer has not been told yet belongs to the part that ends.
      const ends = async (next) => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        tasks.push(...observer.takeRecords().map(({ duration }) => ({ part, duration })));
        part = next;
      };
      let pipelines = 0;
      const { createComputePipeline } = GPUDevice.prototype;
      GPUDevice.prototype.createComputePipeline = function (...given) {
        pipelines += 1;
        return createComputePipeline.apply(this, given);
      };
      const bytes = weights && new Uint8Array(await (await fetch(weights)).arrayBuffer());
      const photo = await createImageBitmap(await (await fetch("/samples/cat.png")).blob());
      await ends("load");
      tasks.length = 0;
      const begin = performance.now();
      const network = await (bytes ? Network.load(name, { weights: bytes }) : Network.withSyntheticWeights(name, 0));
      const load = performance.now() - begin;
      await ends("answers");
      const atLoad = pipelines;
      const answers = [];
      for (let count = 0; count < 10; count += 1) {
        const begin = performance.now();
        await (network.task === "segment" ? network.segment(photo) : network.classify(photo));
        answers.push(performance.now() - begin);
      }
      await ends();
      return { load, atLoad, later: pipelines - atLoad, answers, tasks };
    },
    [name, weights],
  );
}

const longest = (tasks) => Math.max(0, ...tasks.map(({ duration }) => duration));
console.log("| network | load, ms | pipelines | long tasks of the load | longest, ms | pipelines later | first answer, ms | tenth, ms | longest task, ms |");
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
for (const name of positionals.length > 0 ? positionals : NAMES) {
  const file = join(resolve(values.weights), `${name}.safetensors`);
  const loads = [];
  for (let load = 0; load < Number(values.loads); load += 1) {
    const [server, browser] = [await serve(root, { mounts: { "/networks/": resolve(values.weights) } }), await launch()];
    try {
      const page = await open(browser, server.address);
      loads.push(await measured(page, name, existsSync(file) ? `/networks/${name}.safetensors` : null));
    } finally {
      await browser.close();
      server.close();
    }
  }
  const of = (found, part) => found.tasks.filter((task) => task.part === part);
  loads.sort((a, b) => longest(of(a, "load")) - longest(of(b, "load")));
  const [best] = loads;
  const row = [
    name, best.load.toFixed(0), best.atLoad, of(best, "load").length, longest(of(best, "load")).toFixed(0), best.later,
    best.answers[0].toFixed(0), best.answers[9].toFixed(0), longest(of(best, "answers")).toFixed(0),
  ];
  console.log(`| ${row.join(" | ")} |`);
}
