// The command line, built for this machine, for comparison.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { root } from "./browser.mjs";

/** What the command prints. */
export function command(...given) {
  const binary = process.env.MENAGERIE ?? join(root, "target/release/menagerie");
  return execFileSync(binary, given, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}
