// What becomes of calls that are refused: in the page, and what is expected of it.
import assert from "node:assert/strict";

/** Gives `page` functions that tests of refusals use. */
export function prepare(page) {
  return page.evaluate(() => {
    globalThis.lenet5 = (options) => menagerie.Network.load("lenet5", { weights: "/weights/lenet5.safetensors", ...options });
    globalThis.blob = async (path) => (await fetch(`/samples/${path}`)).blob();
    /** What became of each of `works`: the error, or "no error". A call that never ends is named, too. */
    globalThis.outcomes = async (works) => {
      const found = {};
      for (const [name, work] of Object.entries(works)) {
        const late = new Promise((resolve) => setTimeout(resolve, 60_000, { message: "it never ends" }));
        const done = async () => {
          try {
            await work();
            return { message: "no error" };
          } catch ({ name, code, message }) {
            return { name, code, message };
          }
        };
        found[name] = await Promise.race([done(), late]);
      }
      return found;
    };
  });
}

/** Checks that `found` has the expected codes and texts. */
export function assertRefused(found, expected) {
  assert.deepEqual(Object.keys(found), Object.keys(expected));
  for (const [what, [code, text]] of Object.entries(expected)) {
    const { name, message } = found[what];
    assert.equal(`${name} ${found[what].code}`, `MenagerieError ${code}`, `${what}: ${message}`);
    assert.match(message, text, what);
    assert.doesNotMatch(message, /\n/u, what);
  }
}
