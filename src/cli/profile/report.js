const report = JSON.parse(document.getElementById("report").textContent);
const dispatches = report.dispatches.map((dispatch, index) => ({
  ...dispatch,
  index,
  intensity: dispatch.bytes > 0 ? dispatch.flops / dispatch.bytes : 0,
}));
const timed = report.kernels_ms !== null && report.kernels_ms > 0;

const get = (id) => document.getElementById(id);

function time(microseconds) {
  if (microseconds === null) return missing;
  return microseconds < 1000 ? `${short(microseconds)} µs` : `${short(microseconds / 1000)} ms`;
}

const shape = (extents) => extents.join("×");

function element(name, text, ...classes) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  made.classList.add(...classes);
  return made;
}

const colours = kernelColours(dispatches.map(({ kernel, median_us }) => [kernel, median_us]));
const colour = (dispatch) => colours.get(dispatch.kernel);

// What shows the same dispatch lights up together, and a box tells of it.

const shown = dispatches.map(() => []);

function show(dispatch, made) {
  shown[dispatch.index].push(made);
  const light = (on) => shown[dispatch.index].forEach((other) => other.classList.toggle("lit", on));
  made.addEventListener("pointerenter", () => light(true));
  made.addEventListener("pointermove", (event) => tell(dispatch, event));
  made.addEventListener("pointerleave", () => {
    light(false);
    get("tip").hidden = true;
  });
}

function tell(dispatch, event) {
  const tip = get("tip");
  const title = element("strong", dispatch.layer);
  const lines = [
    "",
    dispatch.operation,
    `${dispatch.kernel}, ${shape(dispatch.workgroups)} workgroups, to ${shape(dispatch.output)}`,
    `${time(dispatch.median_us)} (${time(dispatch.min_us)} to ${time(dispatch.max_us)})`,
    `${short(dispatch.gflops)} GFLOP/s, ${short(dispatch.gbytes)} GB/s, ${short(dispatch.intensity)} FLOP/byte`,
  ];
  if (dispatch.roofline_percent !== null) lines.push(`${short(dispatch.roofline_percent)} % of the roofline`);
  tip.replaceChildren(title, lines.join("\n"));
  tip.hidden = false;
  const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
  const below = event.clientY + 14;
  const above = event.clientY - tip.offsetHeight - 14;
  tip.style.left = `${Math.max(left, 8)}px`;
  tip.style.top = `${below + tip.offsetHeight < innerHeight ? below : Math.max(above, 8)}px`;
}

// The shape of the only input, or names and shapes.
function inputs() {
  const all = report.inputs;
  if (all.length === 1) return shape(all[0].shape);
  return all.map((input) => `${input.name} ${shape(input.shape)}`).join(", ");
}

function header() {
  document.title = `${report.model} on ${report.adapter}`;
  get("model").textContent = report.model;
  get("setting").textContent = [
    report.adapter,
    report.driver,
    `input ${inputs()}`,
    `batch ${report.batch}`,
    `weights ${report.weights}`,
    `${report.runs} runs`,
    `timed by ${report.timed_by}`,
    `menagerie ${report.version}`,
  ].filter((part) => part !== "").join(" · ");
}

function totals() {
  const sum = (key) => dispatches.reduce((total, dispatch) => total + dispatch[key], 0);
  const milliseconds = (value) => (value === null ? missing : time(1000 * value));
  const percent = (part, whole) => `${short((100 * part) / whole)} %`;
  const wall = report.wall_ms;
  const flops = sum("flops");
  const entries = [
    ["kernels", milliseconds(report.kernels_ms), timed ? `${dispatches.length} dispatches` : "not timed"],
    ["wall, untimed", milliseconds(wall.median), `${milliseconds(wall.min)} to ${milliseconds(wall.max)}`],
    [
      "gap to the wall",
      milliseconds(report.gap_ms),
      timed ? `${percent(report.gap_ms, wall.median)} of the wall` : "",
    ],
    ["first answer", milliseconds(report.first_answer_ms.total), ""],
    [
      "arithmetic",
      flops < 1e9 ? `${short(flops / 1e6)} MFLOP` : `${short(flops / 1e9)} GFLOP`,
      timed ? `${short(flops / 1e6 / report.kernels_ms)} GFLOP/s in the kernels` : "",
    ],
  ];
  if (report.roofline) {
    entries.push([
      "roofline",
      `${short(report.roofline.gflops)} GFLOP/s`,
      `${short(report.roofline.gbytes)} GB/s`,
    ]);
  }
  for (const [name, value, detail] of entries) {
    const group = element("div");
    const figure = element("dd", value);
    figure.append(element("small", detail));
    group.append(element("dt", name), figure);
    get("totals").append(group);
  }
}

function firstAnswer() {
  const phases = report.first_answer_ms;
  const rows = [
    ["load", phases.load], ["plan", phases.plan], ["device", phases.device], ["session", phases.session],
    ["compile", phases.compile, "part"], ["upload", phases.upload, "part"], ["first run", phases.first_run],
  ];
  for (const [name, milliseconds, ...classes] of rows) {
    const row = element("div", undefined, "phase", ...classes);
    const track = element("span", undefined, "track");
    const bar = element("i");
    bar.style.width = `${(100 * milliseconds) / phases.total}%`;
    track.append(bar);
    row.append(element("span", name), track, element("span", time(1000 * milliseconds)));
    get("first-answer").append(row);
  }
}

function roofline() {
  const placed = dispatches.filter((dispatch) => dispatch.gflops > 0 && dispatch.intensity > 0);
  if (!report.roofline || placed.length === 0) {
    get("roofline-section").hidden = true;
    return;
  }
  const points = placed.map((dispatch) => ({
    intensity: dispatch.intensity,
    gflops: dispatch.gflops,
    share: (dispatch.share_percent ?? 1) / 100,
    colour: colour(dispatch),
  }));
  const { gflops: flat, gbytes: slope } = report.roofline;
  const circles = plot(get("roofline"), { flat, slope }, points);
  placed.forEach((dispatch, index) => show(dispatch, circles[index]));
  legend(get("legend"), colours);
  get("roofline-note").textContent = explained(dispatches.length - placed.length);
}

function bars() {
  if (!timed) {
    get("bars-section").hidden = true;
    return;
  }
  const longest = Math.max(...dispatches.map((dispatch) => dispatch.median_us));
  const made = dispatches.map((dispatch) => {
    const bar = element("li", undefined, "bar");
    const track = element("span", undefined, "track");
    const length = dot(colour(dispatch));
    length.style.width = `${(100 * dispatch.median_us) / longest}%`;
    track.append(length);
    const share = dispatch.share_percent.toFixed(1);
    bar.append(element("span", dispatch.layer), track, element("span", `${time(dispatch.median_us)}, ${share} %`));
    show(dispatch, bar);
    return bar;
  });
  const order = {
    network: () => made,
    time: () => [...dispatches].sort((a, b) => b.median_us - a.median_us).map(({ index }) => made[index]),
  };
  const buttons = document.querySelectorAll("[data-order]");
  for (const button of buttons) {
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", other === button);
      get("bars").replaceChildren(...order[button.dataset.order]());
    });
  }
  get("bars").replaceChildren(...made);
}

/** Columns: name, what is sorted by, how it is shown. Without the third it is text. */
const columns = [
  ["#", (row) => row.index, (row) => row.index],
  ["layer", (row) => row.layer],
  ["kernel", (row) => row.kernel],
  ["µs", (row) => row.median_us, (row) => short(row.median_us)],
  ["min", (row) => row.min_us, (row) => short(row.min_us)],
  ["max", (row) => row.max_us, (row) => short(row.max_us)],
  ["share %", (row) => row.share_percent, (row) => row.share_percent?.toFixed(1) ?? missing],
  ["GFLOP/s", (row) => row.gflops, (row) => short(row.gflops)],
  ["GB/s", (row) => row.gbytes, (row) => short(row.gbytes)],
  ["roofline %", (row) => row.roofline_percent, (row) => short(row.roofline_percent)],
  ["operation", (row) => row.operation],
  ["output", (row) => row.output.reduce((a, b) => a * b), (row) => shape(row.output)],
  ["workgroups", (row) => row.workgroups.reduce((a, b) => a * b), (row) => shape(row.workgroups)],
  ["MFLOP", (row) => row.flops, (row) => short(row.flops / 1e6)],
  ["MB", (row) => row.bytes, (row) => short(row.bytes / 1e6)],
  ["FLOP/byte", (row) => row.intensity, (row) => short(row.intensity)],
];

function table() {
  const made = dispatches.map((dispatch) => {
    const row = element("tr");
    for (const [name, value, text] of columns) {
      const cell = element("td", (text ?? value)(dispatch), ...(text ? [] : ["text"]));
      if (!text) cell.title = value(dispatch);
      if (name === "kernel") cell.prepend(dot(colour(dispatch)));
      row.append(cell);
    }
    show(dispatch, row);
    return row;
  });
  const heads = columns.map(([name, value, text]) => {
    const head = element("th", undefined, ...(text ? [] : ["text"]));
    head.scope = "col";
    const button = element("button", name);
    button.type = "button";
    button.addEventListener("click", () => sort(head, value, text === undefined || name === "#"));
    head.append(button);
    return head;
  });
  /** Numbers go from the largest down at the first click, text and places from the first on. */
  function sort(head, value, upFirst) {
    const before = head.getAttribute("aria-sort");
    const up = before === null ? upFirst : before === "descending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const sorted = [...dispatches].sort((a, b) => {
      const [left, right] = [value(a) ?? -1, value(b) ?? -1];
      const order = typeof left === "string" ? left.localeCompare(right, "en", { numeric: true }) : left - right;
      return (up ? order : -order) || a.index - b.index;
    });
    get("rows").replaceChildren(...sorted.map(({ index }) => made[index]));
  }
  heads[0].setAttribute("aria-sort", "ascending");
  get("columns").replaceChildren(...heads);
  get("rows").replaceChildren(...made);
}

header();
totals();
firstAnswer();
roofline();
bars();
table();
