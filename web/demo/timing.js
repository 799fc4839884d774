// The timing pane: how long each kernel takes, and how near it is to the roofline of the adapter.
import { explained, kernelColours, legend, plot, short } from "../../src/cli/profile/roofline.js";

/** Runs of a profile, of which the medians are shown. */
const RUNS = 5;

const element = (id) => document.getElementById(id);
const note = element("timing-note");

/** The rooflines of adapters that were measured, by name. */
const rooflines = new Map();
/** The network that was asked for last, so that late times of another are left out. */
let asked;

/** Shows no times: those of another network say nothing. */
export function clearTimes() {
  asked = undefined;
  note.textContent = "";
  element("roofline-part").hidden = true;
  element("dispatches").replaceChildren();
}

/** Measures the kernels of `network`, then the roofline of its adapter, and shows them as soon as they are known. */
export async function showTimes(network) {
  asked = network;
  const say = (text) => asked === network && (note.textContent = text);
  try {
    say("Measuring the kernels…");
    const { dispatches, milliseconds } = await network.profile(RUNS);
    if (asked !== network) {
      return;
    }
    const whole = `${milliseconds.toFixed(1)} ms a run.`;
    table(dispatches);
    if (dispatches.every((dispatch) => dispatch.milliseconds === null)) {
      say(`${whole} ${network.device ? "This browser" : "The CPU"} has no timestamps for the times of single kernels.`);
      return;
    }
    say(`${whole} Measuring the adapter's roofline…`);
    const roofline = rooflines.get(network.adapter) ?? (await network.roofline());
    rooflines.set(network.adapter, roofline);
    if (asked === network) {
      table(dispatches, roofline);
      draw(dispatches, roofline);
      say(whole);
    }
  } catch (error) {
    say(error.message);
  }
}

/** GFLOP/s or GB/s, or `null` for a dispatch without a time, or one that is too short for the clock. */
function rate(amount, milliseconds) {
  return milliseconds ? amount / milliseconds / 1e6 : null;
}

/** The least time that `roofline` allows, as a share of the time, in percent. */
function reached({ flops, bytes, milliseconds }, roofline) {
  const least = Math.max(flops / roofline.flopsPerSecond, bytes / roofline.bytesPerSecond);
  return milliseconds ? (1e5 * least) / milliseconds : null;
}

function table(dispatches, roofline) {
  const rows = dispatches.map((dispatch) => {
    const { layer, kernel, milliseconds, flops, bytes } = dispatch;
    const numbers = [milliseconds, rate(flops, milliseconds), rate(bytes, milliseconds), roofline ? reached(dispatch, roofline) : null];
    const row = document.createElement("tr");
    row.append(
      ...[layer, kernel, ...numbers.map(short)].map((text, column) => {
        const cell = document.createElement("td");
        cell.textContent = text;
        cell.className = column > 1 ? "number" : "";
        return cell;
      }),
    );
    return row;
  });
  element("dispatches").replaceChildren(...rows);
}

/** Draws the dispatches below the roofline. Its numbers are in the table, too. */
function draw(dispatches, roofline) {
  const colours = kernelColours(dispatches.map(({ kernel, milliseconds }) => [kernel, milliseconds]));
  const total = dispatches.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const placed = dispatches.filter(({ flops, milliseconds }) => flops > 0 && milliseconds > 0);
  if (placed.length === 0) {
    return;
  }
  const points = placed.map(({ kernel, flops, bytes, milliseconds }) => ({
    intensity: flops / bytes,
    gflops: rate(flops, milliseconds),
    share: milliseconds / total,
    colour: colours.get(kernel),
  }));
  element("roofline-part").hidden = false;
  const svg = element("roofline");
  const circles = plot(svg, { flat: roofline.flopsPerSecond / 1e9, slope: roofline.bytesPerSecond / 1e9 }, points);
  circles.forEach((circle, index) => {
    const { layer, kernel, milliseconds } = placed[index];
    const title = document.createElementNS(svg.namespaceURI, "title");
    title.textContent = `${layer}: ${kernel}, ${short(milliseconds)} ms, ${short(reached(placed[index], roofline))} % of the roofline`;
    circle.append(title);
  });
  legend(element("legend"), colours);
  element("roofline-note").textContent = explained(dispatches.length - placed.length);
}
