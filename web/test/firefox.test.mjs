// The package in Firefox, whose WebGPU is wgpu. It has no driver in npm that would not download a browser of its own, so it opens a
// page that reports what it found.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { serve } from "./browser.mjs";

/** PyTorch's probability for samples/cat.png. */
const CAT = 0.7179;

/** Milliseconds. On two busy cores, a run of the test takes a minute. */
const MOST = 400_000;

/** WebGPU on a software driver, and nothing that a new profile would ask or download. */
const PREFERENCES = {
  "dom.webgpu.enabled": true,
  "gfx.webgpu.ignore-blocklist": true,
  "app.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.getAddons.cache.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
  "toolkit.telemetry.enabled": false,
};

const firefox = process.env.FIREFOX ?? ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find(existsSync);

/** A server that waits for one report. */
async function reports() {
  let settle;
  const report = new Promise((resolve) => (settle = resolve));
  const server = createServer(async (request, response) => {
    const parts = await request.toArray();
    response.end();
    settle(JSON.parse(Buffer.concat(parts).toString()));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { report, address: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

test("Firefox answers as PyTorch does, on its WebGPU", { skip: firefox === undefined && "there is no Firefox: install firefox-esr" }, async () => {
  const [files, found] = [await serve(), await reports()];
  const profile = mkdtempSync(join(tmpdir(), "menagerie-firefox-"));
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
  writeFileSync(join(profile, "user.js"), lines.join(""));
  const page = `${files.address}/web/test/firefox.html?report=${encodeURIComponent(found.address)}`;
  // A process group of its own, so that it ends as a whole.
  const browser = spawn(firefox, ["--headless", "--no-remote", "--profile", profile, page], { detached: true, stdio: "ignore" });
  const ended = new Promise((resolve) => {
    browser.on("error", (error) => resolve({ error: error.message }));
    browser.on("exit", (code) => resolve({ error: `Firefox ended with ${code}` }));
  });
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, MOST, { error: `no report in ${MOST / 1000} s` })));
  try {
    const { networks, error } = await Promise.race([found.report, ended, late]);
    assert.equal(error, undefined);
    for (const [name, { notices, adapter, error, tolerance }] of Object.entries(networks)) {
      assert.deepEqual(notices, [], name);
      assert.match(adapter, /WebGPU/, name);
      assert.ok(error <= tolerance && tolerance <= 1e-4, `${name}: ${error}`);
      console.log(`# ${name}: largest error ${error.toExponential(1)}`);
    }
    const { best, apart, lost } = networks.mobilenet_v2;
    assert.equal(best.label, "Egyptian cat");
    assert.ok(Math.abs(best.probability - CAT) < 1e-3, `${best.probability}`);
    assert.ok(apart <= 2, `the heat map on a canvas is ${apart} levels from the one in memory`);
    assert.equal(lost, "device_lost");
  } finally {
    clearTimeout(timer);
    try {
      process.kill(-browser.pid);
      await ended;
    } catch {
      // It has ended.
    }
    found.close();
    files.close();
    rmSync(profile, { recursive: true, force: true });
  }
});
