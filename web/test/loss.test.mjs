// A device that is lost, at any moment: each call says so with the code `device_lost`, and none waits for ever.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, open, serve } from "./browser.mjs";
import { maps } from "./onnx-file.mjs";
import { assertRefused, prepare } from "./outcomes.mjs";

let server, browser, page;

before(async () => {
  server = await serve();
  browser = await launch();
  page = await open(browser, server.address);
  await prepare(page);
  await page.evaluate(() => {
    /** Does `work`, and `intervene` just before or just after the first call of a method of WebGPU in it. */
    globalThis.around = async ([owner, name, when], intervene, work) => {
      const { prototype } = globalThis[owner];
      const method = prototype[name];
      let reached = false;
      const once = () => {
        if (!reached) {
          reached = true;
          intervene();
        }
      };
      prototype[name] = function (...given) {
        if (when === "before") {
          once();
        }
        try {
          return method.apply(this, given);
        } finally {
          once();
        }
      };
      try {
        await work();
        throw new Error(reached ? "no error" : `${name} was not called`);
      } finally {
        prototype[name] = method;
      }
    };
  });
});

after(async () => {
  await browser?.close();
  server?.close();
});

const LOST = ["device_lost", /lost.*Load the network again/];

test("a lost device is told, and the network is loaded again", async () => {
  const found = await page.evaluate(async () => {
    const net = await lenet5();
    const digit = await blob("digits/digit_4.png");
    await net.classify(digit);
    net.device.destroy();
    const lost = await net.lost;
    const { refused } = await outcomes({ refused: () => net.classify(digit) });
    net.destroy();
    const again = await lenet5();
    const answer = await again.classify(digit);
    again.destroy();
    return { lost: lost.code, refused: refused.code, index: answer[0].index };
  });
  assert.deepEqual(found, { lost: "device_lost", refused: "device_lost", index: 4 });
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
  assertRefused(found, { during: LOST, painting: LOST, before: LOST });
});

/** Before or after which method of WebGPU in a call its device is lost. Not where nothing else of a page can run in between. */
const PLACES = {
  classify: [
    ["GPUDevice", "createBindGroup", "before"],
    ["GPUDevice", "popErrorScope", "after"],
    ["GPUQueue", "submit", "before"],
    ["GPUQueue", "submit", "after"],
    ["GPUBuffer", "mapAsync", "before"],
    ["GPUBuffer", "mapAsync", "after"],
    ["GPUBuffer", "getMappedRange", "before"],
  ],
  run: [["GPUBuffer", "mapAsync", "after"]],
  profile: [["GPUBuffer", "mapAsync", "after"]],
  roofline: [
    ["GPUDevice", "createComputePipeline", "before"],
    ["GPUBuffer", "mapAsync", "after"],
  ],
  explain: [["GPUBuffer", "mapAsync", "after"]],
  painting: [
    ["GPUDevice", "createTexture", "before"],
    ["GPUCommandEncoder", "copyTextureToTexture", "before"],
    ["GPUCanvasContext", "unconfigure", "after"],
  ],
  load: [
    ["GPUDevice", "createComputePipeline", "before"],
    ["GPUBuffer", "getMappedRange", "before"],
    ["GPUBuffer", "unmap", "after"],
    ["GPUBuffer", "mapAsync", "after"],
  ],
};

for (const [call, places] of Object.entries(PLACES)) {
  test(`a device that is lost around a method of WebGPU: ${call}`, async () => {
    const found = await page.evaluate(
      async ([call, places, onnx]) => {
        const digit = await createImageBitmap(await blob("digits/digit_4.png"));
        const load = (device) => menagerie.Network.fromOnnx(Uint8Array.from(onnx), { device, size: [28, 28] });
        const calls = {
          classify: (net) => net.classify(digit),
          run: (net) => net.run(new Float32Array(3 * 28 * 28)),
          profile: (net) => net.profile(1),
          roofline: (net) => net.roofline(),
          explain: (net) => net.explain(digit),
          painting: (net) => net.explain(digit, { target: new OffscreenCanvas(1, 1) }),
        };
        const works = places.map((place) => [
          place.join(" "),
          async () => {
            const device = await (await navigator.gpu.requestAdapter()).requestDevice();
            const lose = () => device.destroy();
            if (call === "load") {
              return around(place, lose, () => load(device));
            }
            const net = await load(device);
            try {
              await around(place, lose, () => calls[call](net));
            } finally {
              net.destroy();
            }
          },
        ]);
        return outcomes(Object.fromEntries(works));
      },
      [call, places, [...maps()]],
    );
    assertRefused(found, Object.fromEntries(places.map((place) => [place.join(" "), LOST])));
  });
}
