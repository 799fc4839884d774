// The demo as its visitors use it: with a mouse, with a keyboard, with files, and in both colour schemes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { launch, root, serve } from "./browser.mjs";

let server, browser;

before(async () => {
  server = await serve();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

async function visit(options = {}) {
  const page = await browser.newPage(options);
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(`${server.address}/web/demo/index.html`);
  await answered(page);
  return { page, errors };
}

const answered = (page) => page.waitForFunction(() => /^Answered/u.test(document.getElementById("status").textContent), null, { timeout: 120_000 });
const best = (page) => page.textContent("#classes li:first-child button span");

test("the demo answers, follows the chosen class, and takes photos and networks", async () => {
  const { page, errors } = await visit({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  assert.equal(await best(page), "Egyptian cat");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `the page is ${wide} pixels wider than a phone`);

  // With the keyboard: the second class.
  const map = () => page.evaluate(() => document.getElementById("map").toDataURL());
  const first = await map();
  await page.focus("#classes li:nth-child(2) button");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#classes li:nth-child(2) button[aria-pressed=true]", { timeout: 60_000 });
  assert.notEqual(await map(), first);

  await page.setInputFiles("#photo", join(root, "samples/coffee.png"));
  await page.waitForFunction(() => document.querySelector("#classes button span")?.textContent === "espresso", null, { timeout: 60_000 });
  await page.setInputFiles("#photo", { name: "no.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await page.waitForSelector("#status.error");
  assert.match(await page.textContent("#status"), /no\.png/);

  await page.setInputFiles("#model", { name: "lenet5.safetensors", mimeType: "", buffer: readFileSync(join(root, "weights/lenet5.safetensors")) });
  await page.waitForFunction(() => /^lenet5/u.test(document.querySelector("#facts dd:last-child")?.textContent), null, { timeout: 60_000 });
  assert.equal(await page.textContent("#network option:checked"), "lenet5 (opened)");
  await page.setInputFiles("#model", { name: "broken.onnx", mimeType: "", buffer: Buffer.from("no network") });
  await page.waitForSelector("#status.error");
  assert.match(await page.textContent("#status"), /broken\.onnx/);
  assert.equal(await page.textContent("#network option:checked"), "lenet5 (opened)");
  assert.deepEqual(errors, []);
  await page.close();
});

test("kernels are timed below the roofline, and cells are segmented", async () => {
  const { page, errors } = await visit({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
  await page.click("#timing summary");
  await page.waitForSelector("#roofline circle", { timeout: 120_000 });
  const [rows, circles] = await Promise.all(["#dispatches tr", "#roofline circle"].map((selector) => page.locator(selector).count()));
  assert.ok(circles > 20 && circles <= rows, `${circles} circles for ${rows} dispatches`);
  assert.match(await page.textContent("#roofline"), /multiply-add [\d.,]+ GFLOP\/s.*copy [\d.,]+ GB\/s/u);
  assert.match(await page.textContent("#facts"), /f32/);
  await page.selectOption("#network", "unet_small");
  await page.waitForSelector("#segments p", { timeout: 120_000 });
  await page.waitForFunction((before) => ![0, before].includes(document.querySelectorAll("#dispatches tr").length), rows, { timeout: 120_000 });
  assert.match(await page.textContent("#segments"), /foreground: \d+\.\d %/);
  const covered = () =>
    page.evaluate(() => {
      const map = document.getElementById("map");
      return map.getContext("2d").getImageData(0, 0, map.width, map.height).data.some((level) => level > 0);
    });
  assert.ok(await covered(), "the cells are covered");
  // Another network for the same picture: nothing of this answer stays.
  await page.setInputFiles("#model", { name: "lenet5.safetensors", mimeType: "", buffer: readFileSync(join(root, "weights/lenet5.safetensors")) });
  await page.waitForSelector("#classes button", { timeout: 120_000 });
  assert.equal(await page.textContent("#segments"), "");
  assert.equal(await covered(), false, "the mask of another network");
  assert.deepEqual(errors, []);
  await page.close();
});
