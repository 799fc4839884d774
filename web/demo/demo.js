// The demo: a network on the page's GPU, for photos that the user opens. Nothing is uploaded.
import { MenagerieError, Network, networkNames } from "../dist/index.js";
import { clearTimes, showTimes } from "./timing.js";

const WEIGHTS = new URL("../../weights/", import.meta.url);
const SAMPLES = new URL("../../samples/", import.meta.url);

/** The networks whose weights are served with the page, a picture that shows what they do, and what is asked besides their task. */
const SERVED = {
  mobilenet_v2: ["MobileNet v2: 1,000 classes", "mobilenet_v2.safetensors", "cat.png", ["explain"]],
  mobilenet_v1: ["MobileNet v1: 1,000 classes", "mobilenet_v1.safetensors", "coffee.png", ["explain"]],
  unet_small: ["U-Net: cells under a microscope", "unet_small.safetensors", "cells.png", []],
  lenet5: ["LeNet-5: handwritten digits", "lenet5.safetensors", "digits/digit_7.png", []],
};

/** The value of the option for a network of the user's own. */
const OPENED = "opened";

const element = (id) => document.getElementById(id);
const [select, status, progress, figure] = ["network", "status", "progress", "drop"].map(element);
const [picture, map, video] = ["picture", "map", "video"].map(element);

let network;
/** The name of the network if its weights are served with the page. */
let served;
/** The picture that is shown, and the class whose heat map lies over it. */
let shown;
let chosen;
/** Counts what the user asked for, so that a late answer to an earlier question is left out. */
let asked = 0;
let loading;

function say(text, isError = false) {
  status.textContent = text;
  status.classList.toggle("error", isError);
}

function report(error) {
  if (error?.name === "AbortError") {
    return;
  }
  say(error instanceof MenagerieError ? error.message : `Something went wrong: ${error.message ?? error}`, true);
}

/** Loads a network by `make`: the served one of this `name`, or without a name one of the user's own. */
async function load(make, name) {
  loading?.abort();
  const abort = (loading = new AbortController());
  asked += 1;
  say("Loading the network…");
  const options = {
    signal: abort.signal,
    progress(received, total) {
      progress.hidden = false;
      progress.max = total ?? received;
      progress.value = received;
    },
  };
  try {
    const loaded = await make(options);
    if (loading !== abort) {
      loaded.destroy();
      return;
    }
    progress.hidden = true;
    network?.destroy();
    network = loaded;
    served = name;
    showSelected();
    clearAnswer();
    loaded.lost.then((error) => loaded === network && report(error));
    chosen = undefined;
    facts();
    say(network.notices.join(" ") || `${network.name} is ready.`);
    clearTimes();
    await look();
    if (element("timing").open) {
      await showTimes(network);
    }
  } catch (error) {
    if (loading === abort) {
      progress.hidden = true;
      showSelected();
      report(error);
    }
  }
}

/** Shows in the list of networks which one answers, also after a load that failed. */
function showSelected() {
  select.querySelector(`option[value=${OPENED}]`)?.remove();
  if (network !== undefined && served === undefined) {
    select.add(new Option(`${network.name} (opened)`, OPENED));
  }
  select.value = network === undefined ? "" : (served ?? OPENED);
}

function serve(name) {
  const [, file, sample, prepare] = SERVED[name];
  return load(async (options) => {
    const loaded = await Network.load(name, { weights: new URL(file, WEIGHTS), prepare, ...options });
    // The picture that was shown before says nothing to a network for something else.
    if (shown === undefined || shown.isSample) {
      await show(await (await fetch(new URL(sample, SAMPLES))).blob(), sample, true);
    }
    return loaded;
  }, name);
}

async function openModel(file) {
  if (/\.onnx$/iu.test(file.name)) {
    return load((options) => Network.fromOnnx(file, options));
  }
  const stem = file.name.replace(/\.[^.]*$/u, "").toLowerCase();
  const names = await networkNames();
  const fitting = names.filter((name) => stem.startsWith(name)).sort((a, b) => b.length - a.length);
  const name = fitting[0] ?? prompt(`Which network are the weights of? One of: ${names.join(", ")}`);
  return name === null ? undefined : load((options) => Network.load(name, { weights: file, ...options }));
}

/** Shows a picture: a file, or a frame of the webcam. */
async function show(source, name, isSample = false) {
  const bitmap = await createImageBitmap(source);
  shown = { bitmap, isSample };
  [picture.width, picture.height] = [bitmap.width, bitmap.height];
  picture.getContext("2d").drawImage(bitmap, 0, 0);
  clearMap();
  element("caption").textContent = name;
  picture.setAttribute("aria-label", `The picture: ${name}`);
}

/** What was seen in another picture says nothing. */
function clearMap() {
  map.getContext("2d").clearRect(0, 0, map.width, map.height);
}

/** Nor does the answer of another network. */
function clearAnswer() {
  clearMap();
  element("classes").replaceChildren();
  element("segments").replaceChildren();
  element("hint").hidden = true;
}

async function look() {
  if (network === undefined || shown === undefined) {
    return;
  }
  const number = ++asked;
  const begin = performance.now();
  try {
    if (network.task === "segment") {
      const found = await network.segment(shown.bitmap);
      if (number === asked) {
        cover(found);
        element("classes").replaceChildren();
        element("hint").hidden = true;
        segments(found);
      }
    } else {
      const classes = await network.classify(shown.bitmap);
      if (number === asked) {
        element("segments").replaceChildren();
        list(classes);
      }
      await explain(classes[0].index, number);
    }
    // Through a webcam, a screen reader would never be silent.
    if (number === asked && video.srcObject === null) {
      const whole = network.task === "classify" ? ", heat map included" : "";
      say(`Answered in ${(performance.now() - begin).toFixed(0)} ms${whole}.`);
    }
  } catch (error) {
    if (number === asked) {
      report(error);
    }
  }
}

function list(classes) {
  const buttons = () => [...element("classes").querySelectorAll("button")];
  const focused = buttons().indexOf(document.activeElement);
  element("classes").replaceChildren(
    ...classes.map(({ label, index, probability }) => {
      const button = document.createElement("button");
      const percent = `${(100 * probability).toFixed(1)} %`;
      const name = document.createElement("span");
      name.textContent = label;
      const share = document.createElement("span");
      share.className = "number";
      share.textContent = percent;
      const bar = document.createElement("span");
      bar.className = "bar";
      bar.style.setProperty("--share", percent.replace(" ", ""));
      button.append(name, share, bar);
      button.dataset.index = index;
      button.addEventListener("click", () => explain(index, ++asked));
      const item = document.createElement("li");
      item.append(button);
      return item;
    }),
  );
  // Those who choose with the keyboard stay where they were.
  buttons()[focused]?.focus();
}

/** Lays the heat map of a class over the picture. Networks without class maps show none. */
async function explain(index, number) {
  const hint = element("hint");
  try {
    await network.explain(shown.bitmap, { class: index, target: map });
    if (number !== asked) {
      return;
    }
    chosen = index;
    hint.hidden = false;
  } catch (error) {
    if (error.code !== "input" && error.code !== "unsupported") {
      throw error;
    }
    hint.hidden = true;
  }
  for (const button of element("classes").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", Number(button.dataset.index) === chosen);
  }
}

/** The colour of a class: that of a mask for its foreground, else that of the class in the Pascal VOC challenge. */
function colour(found, index) {
  if (found.kind === "mask") {
    return [0, 229, 255];
  }
  const channel = (first) => [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, bit) => sum | (((index >> (3 * bit + first)) & 1) << (7 - bit)), 0);
  return [channel(0), channel(1), channel(2)];
}

/** Lays the colours of what was found over the picture, and nothing over the background. */
function cover(found) {
  const pixels = new ImageData(found.width, found.height);
  const classes = found.kind === "mask" ? found.probabilities.map((probability) => Number(probability >= 0.5)) : found.classes;
  classes.forEach((index, pixel) => index > 0 && pixels.data.set([...colour(found, index), 255], 4 * pixel));
  [map.width, map.height] = [found.width, found.height];
  map.getContext("2d").putImageData(pixels, 0, 0);
}

function segments(found) {
  const rows = found.kind === "mask" ? [{ label: "foreground", index: 1, share: found.share }] : found.shares;
  element("segments").replaceChildren(
    ...rows.map(({ label, index, share }) => {
      const row = document.createElement("p");
      row.className = "note";
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.background = index > 0 ? `rgb(${colour(found, index).join(" ")})` : "none";
      row.append(swatch, `${label}: ${(100 * share).toFixed(1)} % of the picture`);
      return row;
    }),
  );
}

function facts() {
  const bytes = 4 * network.parameters;
  const size = bytes < 1e5 ? `${bytes.toLocaleString("en")} bytes` : `${(bytes / 1e6).toFixed(1)} MB`;
  const rows = {
    Adapter: network.adapter,
    Precision: network.precision,
    ...(network.notices.length > 0 && { Notes: network.notices.join(" ") }),
    Network: `${network.name}, ${network.parameters.toLocaleString("en")} parameters, ${size} on the device`,
  };
  element("facts").replaceChildren(
    ...Object.entries(rows).flatMap(([term, text]) => {
      const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
      dt.textContent = term;
      dd.textContent = text;
      return [dt, dd];
    }),
  );
}

/** Looks at the webcam, one frame after the other, until it is switched off. */
async function watch() {
  const button = element("webcam");
  if (video.srcObject !== null) {
    video.srcObject.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    button.setAttribute("aria-pressed", false);
    return;
  }
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (error) {
    say(`There is no webcam to look through: ${error.message}`, true);
    return;
  }
  button.setAttribute("aria-pressed", true);
  await video.play();
  say("Looking through the webcam.");
  while (video.srcObject !== null) {
    await show(video, "the webcam");
    await look();
    await new Promise(requestAnimationFrame);
  }
}

async function openPhoto(file) {
  try {
    await show(file, file.name || "a pasted picture");
    await look();
  } catch (error) {
    // No late answer about the picture before says something else.
    asked += 1;
    say(`The browser cannot show ${file.name || "the picture"}: ${error.message}`, true);
  }
}

function chooses(button, input, open) {
  element(button).addEventListener("click", () => element(input).click());
  element(input).addEventListener("change", (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) {
      open(file).catch(report);
    }
  });
}

for (const [name, [title]] of Object.entries(SERVED)) {
  select.add(new Option(title, name));
}
for (const file of ["cat.png", "coffee.png", "cells.png"]) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = file.replace(".png", "");
  button.addEventListener("click", async () => {
    await show(await (await fetch(new URL(file, SAMPLES))).blob(), file, true);
    await look();
  });
  element("samples").append(button);
}
select.addEventListener("change", () => select.value !== OPENED && serve(select.value));
chooses("open-photo", "photo", openPhoto);
chooses("open-model", "model", openModel);
element("webcam").addEventListener("click", watch);
element("timing").addEventListener("toggle", (event) => event.target.open && network && showTimes(network));
figure.addEventListener("dragover", (event) => {
  event.preventDefault();
  figure.classList.add("over");
});
figure.addEventListener("dragleave", () => figure.classList.remove("over"));
figure.addEventListener("drop", (event) => {
  event.preventDefault();
  figure.classList.remove("over");
  const [file] = event.dataTransfer.files;
  if (file) {
    (/\.(onnx|safetensors|pth|pt)$/iu.test(file.name) ? openModel(file) : openPhoto(file)).catch(report);
  }
});
addEventListener("paste", (event) => {
  const file = [...event.clipboardData.files].find(({ type }) => type.startsWith("image/"));
  if (file) {
    openPhoto(file).catch(report);
  }
});
await serve(select.value);
