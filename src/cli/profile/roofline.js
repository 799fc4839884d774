// The roofline plot, of the HTML report and of the demo for browsers.

/** What is shown in place of a number that is not known. */
export const missing = "–";

/** A number with three significant digits, but no fewer than its whole ones. */
export function short(value) {
  if (value === null || !Number.isFinite(value)) return missing;
  if (value === 0) return "0";
  const digits = Math.max(3, Math.floor(Math.log10(Math.abs(value))) + 1);
  return value.toLocaleString("en", { minimumSignificantDigits: digits, maximumSignificantDigits: digits });
}

/** A colour for each kernel. `timed` are pairs of kernel and time: those that take longest have the clearest colours. */
export function kernelColours(timed) {
  const times = new Map();
  for (const [kernel, time] of timed) {
    times.set(kernel, (times.get(kernel) ?? 0) + (time ?? 0));
  }
  const sorted = [...times].sort((a, b) => b[1] - a[1]);
  return new Map(sorted.map(([kernel], index) => [kernel, `var(--kernel-${index % 12})`]));
}

/** A dot in a colour. */
export function dot(fill) {
  const made = document.createElement("i");
  made.style.background = fill;
  return made;
}

/** Fills `list` with the colours of the kernels. */
export function legend(list, colours) {
  const entries = [...colours].map(([kernel, colour]) => {
    const entry = document.createElement("span");
    entry.append(dot(colour), kernel);
    return entry;
  });
  list.replaceChildren(...entries);
}

/** The powers of ten around `values`, as exponents. */
function decades(values) {
  return [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
}

/**
 * Draws dispatches below the roofline of an adapter, and returns their circles. `flat` is its GFLOP/s and `slope` its GB/s. Each
 * of `points` has an `intensity` in FLOP per byte, `gflops`, a `share` of the time from 0 to 1, and a `colour`; intensity and
 * rate are above zero.
 */
export function plot(svg, { flat, slope }, points) {
  // One unit is a pixel, so that the text can be read on a phone, too.
  const width = Math.max(svg.clientWidth, 320);
  const size = { width, height: Math.min(480, Math.max(300, width / 2)), left: 62, right: 20, top: 16, bottom: 46 };
  svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
  svg.replaceChildren();

  const ridge = flat / slope;
  const across = decades([...points.map((point) => point.intensity), ridge / 2, ridge * 2]);
  const up = decades([...points.map((point) => point.gflops), flat * 1.3]);
  const scale = ([low, high], begin, end) => (value) =>
    begin + ((Math.log10(value) - low) / (high - low)) * (end - begin);
  const x = scale(across, size.left, size.width - size.right);
  const y = scale(up, size.height - size.bottom, size.top);

  const draw = (name, attributes, text) => {
    const made = document.createElementNS(svg.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    svg.append(made);
    return made;
  };
  const power = (exponent) => Number(`1e${exponent}`);
  const label = (value) => value.toLocaleString("en", { maximumSignificantDigits: 3 });
  for (let exponent = across[0]; exponent <= across[1]; exponent++) {
    const at = x(power(exponent));
    draw("line", { class: "grid", x1: at, x2: at, y1: size.top, y2: size.height - size.bottom });
    const below = { x: at, y: size.height - size.bottom + 18, "text-anchor": "middle" };
    draw("text", below, label(power(exponent)));
  }
  for (let exponent = up[0]; exponent <= up[1]; exponent++) {
    const at = y(power(exponent));
    draw("line", { class: "grid", x1: size.left, x2: size.width - size.right, y1: at, y2: at });
    draw("text", { x: size.left - 8, y: at + 4, "text-anchor": "end" }, label(power(exponent)));
  }
  const middle = (size.height - size.bottom + size.top) / 2;
  draw("text", { x: (size.left + size.width) / 2, y: size.height - 8, "text-anchor": "middle" }, "FLOP per byte");
  draw("text", { transform: `translate(14 ${middle}) rotate(-90)`, "text-anchor": "middle" }, "GFLOP/s");

  // The copy's line from where it enters the plot to the ridge, then the flat one.
  const enters = Math.max(power(across[0]), power(up[0]) / slope);
  const corners = [[enters, enters * slope], [ridge, flat], [power(across[1]), flat]];
  const path = corners.map(([intensity, rate]) => `${x(intensity)} ${y(rate)}`).join("L");
  draw("path", { class: "roofline-line", d: `M${path}` });
  const end = { class: "roofline-label", x: size.width - size.right - 6, y: y(flat) - 8, "text-anchor": "end" };
  draw("text", end, `multiply-add ${short(flat)} GFLOP/s`);
  const [from, to] = [[x(enters), y(enters * slope)], [x(ridge), y(flat)]];
  const angle = (Math.atan2(to[1] - from[1], to[0] - from[0]) * 180) / Math.PI;
  const along = `translate(${(from[0] + to[0]) / 2} ${(from[1] + to[1]) / 2 - 8}) rotate(${angle})`;
  draw("text", { class: "roofline-label", transform: along, "text-anchor": "middle" }, `copy ${short(slope)} GB/s`);

  // The area of a point is its share of the time; small ones lie on top.
  const circles = new Map();
  for (const point of [...points].sort((a, b) => b.share - a.share)) {
    const centre = { cx: x(point.intensity), cy: y(point.gflops) };
    const r = Math.max(3.5, 40 * Math.sqrt(point.share));
    circles.set(point, draw("circle", { ...centre, r, fill: point.colour, stroke: point.colour }));
  }
  return points.map((point) => circles.get(point));
}

/** What the plot shows, for dispatches of which `left` have no place in it. */
export function explained(left) {
  const without = left === 0 ? "" : ` ${left} dispatches without arithmetic, or too short for the clock, have no place in it.`;
  return `A point is a dispatch, its area the share of time. Above the line of the copy lies what is read from caches.${without}`;
}
