"use strict";
import { ask, byId, className, element, go, link, number, options, runs, say, state } from "./page.js";
import { query } from "./table.js";

/** Sides of canvases, in pixels. */
const SIDE = 224;
/** Less, the same and more than f32, as in the report. */
const DIVERGING = [[33, 102, 172], [247, 247, 247], [178, 24, 43]];

let viridis = null;
/** What is shown: for each run its maps, rows, pictures and masks. */
let shown = null;
let neighbours = {};

async function colours() {
  if (!viridis) {
    const text = await (await fetch("viridis.txt")).text();
    viridis = text.trim().split(/\s+/).map((c) => [0, 2, 4].map((i) => parseInt(c.slice(i, i + 2), 16)));
  }
  return viridis;
}

function bytes(map) {
  return Uint8Array.from(atob(map.picture), (c) => c.charCodeAt(0));
}

/** A canvas of the map's own size in colours. */
function coloured(side, colour) {
  const canvas = element("canvas", { width: side, height: side });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    pixels.data.set([...colour(i), 255], 4 * i);
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

function between(value) {
  const at = (2 * value) / 255;
  const from = Math.min(1, Math.floor(at));
  return [0, 1, 2].map((c) => Math.round(DIVERGING[from][c] * (1 - at + from) + DIVERGING[from + 1][c] * (at - from)));
}

function drawing(one, map, mode) {
  const values = bytes(map);
  if (mode === "difference") {
    const base = one.cam(map.model, "f32");
    if (!base) {
      return null;
    }
    const f32 = bytes(base);
    return coloured(map.side, (i) => between(Math.min(255, Math.max(0, (values[i] - f32[i] + 255) / 2))));
  }
  return coloured(map.side, (i) => viridis[values[i]]);
}

function outline(context, mask, width, height) {
  if (!mask) {
    return;
  }
  const canvas = element("canvas", { width, height });
  const own = canvas.getContext("2d", { willReadFrequently: true });
  own.drawImage(mask, 0, 0, width, height);
  const data = own.getImageData(0, 0, width, height).data;
  const inside = (x, y) => x >= 0 && y >= 0 && x < width && y < height && data[4 * (y * width + x)] > 127;
  context.fillStyle = "#ff2d8a";
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (inside(x, y) && !(inside(x - 2, y) && inside(x + 2, y) && inside(x, y - 2) && inside(x, y + 2))) {
        context.fillRect(x, y, 1, 1);
      }
    }
  }
}

/** Draws boxes and the outlines of a class map, above the map. */
function marks(context, found, width, height) {
  if (found?.outlined) {
    context.drawImage(found.outlined, 0, 0, width, height);
  }
  for (const [left, top, right, bottom, colour] of found?.boxes || []) {
    for (const [style, line] of [["#000000", 4], [colour, 2]]) {
      context.strokeStyle = style;
      context.lineWidth = line;
      context.strokeRect(left * width, top * height, (right - left) * width, (bottom - top) * height);
    }
  }
}

/** Height of what a model saw, relative to its width. */
function ratio(one, model) {
  const picture = one.pictures[model || Object.keys(one.run.models)[0]];
  return picture ? picture.naturalHeight / picture.naturalWidth : 1;
}

/** Draws a map over its picture. */
function paint(canvas, one, map, settings) {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  const model = map.model || Object.keys(one.run.models)[0];
  const picture = one.pictures[model];
  context.globalAlpha = 1;
  context.clearRect(0, 0, width, height);
  if (picture && settings.mode === "overlay") {
    context.drawImage(picture, 0, 0, width, height);
  }
  const made = map.picture ? drawing(one, map, map.kind === "cam" ? settings.mode : settings.mode === "difference" ? "map" : settings.mode) : null;
  if (made) {
    context.globalAlpha = settings.mode === "overlay" && picture ? settings.strength : 1;
    context.imageSmoothingEnabled = true;
    context.drawImage(made, 0, 0, width, height);
    context.globalAlpha = 1;
  }
  if (settings.outline) {
    outline(context, one.masks[model], width, height);
  }
  if (map.kind === "cam") {
    marks(context, one.answers[`${map.model}/${map.precision}`], width, height);
  }
}

function settings() {
  return {
    mode: document.querySelector("input[name=show]:checked").value,
    strength: byId("strength").value / 100,
    outline: byId("outline").checked,
  };
}

function answer(one, model, precision) {
  const row = one.rows.find((r) => r.model === model && r.precision === precision && r.reference === "f32") ||
    one.rows.find((r) => r.model === model && r.precision === precision);
  if (!row) {
    return "";
  }
  const drift = one.run.columns.some((c) => c.name === "CC") ? "CC" : null;
  const words = one.answers[`${model}/${precision}`]?.words;
  const named = className(row.predicted_class, one.run);
  let text = words ?? (row.predicted_class < 0 ? named : `${named} ${row.probability.toFixed(2)}`);
  if (row.reference === "f32") {
    text += row.VANISHED === 1 ? ", vanished" : drift && row[drift] !== null ? `, CC ${number(row[drift])}` : "";
    text += row.FLIP === 1 ? ", flip" : "";
  }
  return text;
}

function figure(one, map, label, caption, marked) {
  const height = Math.max(1, Math.round(SIDE * ratio(one, map.model)));
  const canvas = element("canvas", { width: SIDE, height, role: "img", "aria-label": label });
  canvas.repaint = () => paint(canvas, one, map, settings());
  return element("figure", {}, canvas, element("figcaption", { class: marked ? "flip" : null }, caption));
}

function sources() {
  const one = shown[0];
  const first = Object.keys(one.run.models)[0];
  const all = [];
  const picture = figure(one, { kind: "picture", model: first }, "the part of the image that the networks see", one.pictureError || "image");
  all.push(picture);
  const framing = one.maps.find((m) => m.kind === "cam")?.framing;
  for (const map of one.maps.filter((m) => m.kind !== "cam" && m.framing === framing)) {
    all.push(figure(one, map, `saliency map, ${map.kind}`, map.kind));
  }
  byId("sources").replaceChildren(...all);
}

/** One row for each run and model, one column for each precision. */
function grid() {
  const precisions = [...new Set(shown.flatMap((one) => one.run.precisions))];
  const head = element("tr", {}, element("th", { scope: "col" }, "Network"), ...precisions.map((p) => element("th", { scope: "col" }, p)));
  const body = [];
  for (const one of shown) {
    for (const [model, name] of Object.entries(one.run.models)) {
      const label = shown.length > 1 ? `${name}, ${one.run.name}` : name;
      body.push(element("tr", {}, element("th", { scope: "row" }, label), ...precisions.map((p) => {
        const map = one.cam(model, p);
        const chosen = model === state.get("model") && p === state.get("precision") && one === shown[0];
        const caption = answer(one, model, p);
        return element("td", { class: chosen ? "chosen" : null }, map ? figure(one, map, `class activation map of ${label} at ${p}: ${caption}`, caption, caption.includes(", flip")) :
          caption ? figure(one, { kind: "cam", model, precision: p }, `${label} at ${p}: ${caption}, no map`, `${caption}, no map`, false) : "no map");
      })));
    }
  }
  byId("grid").replaceChildren(element("table", {}, element("thead", {}, head), element("tbody", {}, ...body)));
  // The map that was chosen may lie beside the screen.
  const marked = byId("grid").querySelector("td.chosen");
  if (marked) {
    byId("grid").scrollLeft = marked.offsetLeft + marked.offsetWidth - byId("grid").clientWidth;
  }
}

function swipe() {
  const all = shown.flatMap((one, r) =>
    one.maps.filter((m) => m.kind === "cam").map((m) => [`${r}/${m.model}/${m.precision}`, `${one.run.models[m.model]} ${m.precision}` + (shown.length > 1 ? `, ${one.run.name}` : "")]));
  const model = state.get("model") || Object.keys(shown[0].run.models)[0];
  const precision = state.get("precision") || shown[0].run.precisions.at(-1);
  const left = shown.length > 1 ? `0/${model}/${precision}` : `0/${model}/f32`;
  const right = shown.length > 1 ? `1/${model}/${precision}` : `0/${model}/${precision}`;
  options(byId("left"), all, left);
  options(byId("right"), all, right);
}

function stage() {
  const canvas = byId("stage");
  const [run, shownModel] = byId("left").value.split("/");
  canvas.height = Math.max(1, Math.round(canvas.width * ratio(shown[Number(run)] || shown[0], shownModel)));
  const context = canvas.getContext("2d");
  const at = Math.round((canvas.width * byId("divider").value) / 100);
  context.globalAlpha = 1;
  context.clearRect(0, 0, canvas.width, canvas.height);
  const names = [];
  for (const [id, from, to] of [["left", 0, at], ["right", at, canvas.width]]) {
    const [r, model, precision] = byId(id).value.split("/");
    const map = shown[Number(r)]?.cam(model, precision);
    if (!map) {
      continue;
    }
    const own = element("canvas", { width: canvas.width, height: canvas.height });
    paint(own, shown[Number(r)], map, settings());
    if (to > from) {
      context.drawImage(own, from, 0, to - from, canvas.height, from, 0, to - from, canvas.height);
    }
    names.push(`${id}: ${byId(id).selectedOptions[0].textContent}`);
  }
  context.fillStyle = "#ffffff";
  context.fillRect(at - 1, 0, 2, canvas.height);
  canvas.setAttribute("aria-label", names.join(", "));
}

function numbers() {
  const measures = runs[0].measures.map((m) => m.id);
  const table = byId("numbers");
  const heads = [...(shown.length > 1 ? ["run"] : []), "model", "precision", "compared with", "answer", "probability", "explains", ...measures, "map"];
  table.tHead.replaceChildren(element("tr", {}, ...heads.map((h) => element("th", { scope: "col" }, h))));
  table.tBodies[0].replaceChildren(...shown.flatMap((one) => one.rows.map((row) =>
    element("tr", {},
      ...(shown.length > 1 ? [element("th", { scope: "row" }, one.run.name)] : []),
      element(shown.length > 1 ? "td" : "th", { scope: shown.length > 1 ? null : "row" }, one.run.models[row.model] || row.model),
      ...[row.precision, row.reference, className(row.predicted_class, one.run), row.probability.toFixed(3), className(row.explained_class, one.run),
        ...measures.map((m) => (row[m] === null || row[m] === undefined ? "" : number(row[m], m))), row.map_status].map((v) => element("td", {}, v))))));
}

function repaint() {
  if (!shown) {
    return;
  }
  document.querySelectorAll("#sources canvas, #grid canvas").forEach((canvas) => canvas.repaint());
  stage();
}

function load(url) {
  return new Promise((done, fail) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = () => fail(new Error("no picture"));
    image.src = url;
  });
}

/** Pictures may be missing, such as those of a folder that was moved: maps are shown without. */
async function pictures(one, index, key) {
  await Promise.all(Object.keys(one.run.models).map(async (model) => {
    const parameters = new URLSearchParams({ run: index, key, model });
    try {
      one.pictures[model] = await load("api/picture?" + parameters);
    } catch {
      const response = await fetch("api/picture?" + parameters);
      one.pictureError = response.ok ? "image" : "no picture: " + (await response.json()).error;
      return;
    }
    try {
      one.masks[model] = await load("api/mask?" + parameters);
    } catch {
      // The audit has no masks, or none of this image.
    }
  }));
}

/** What detectors, segmenters and others that choose no single class answer. */
async function answers(one, index, key) {
  const found = await ask("answers", { run: index, key }).catch(() => ({ answers: [] }));
  for (const answer of found.answers) {
    one.answers[`${answer.model}/${answer.precision}`] = answer;
    if (answer.outline) {
      answer.outlined = await load(answer.outline);
    }
  }
}

async function one(index, key) {
  const [maps, rows] = await Promise.all([ask("maps", { run: index, key }).catch((e) => ({ maps: [], notes: [e.message], source: "none" })), ask("image", { run: index, key })]);
  const made = { run: runs[index], maps: maps.maps, notes: maps.notes, source: maps.source, rows: rows.rows, pictures: {}, masks: {}, answers: {} };
  made.cam = (model, precision) => made.maps.find((m) => m.kind === "cam" && m.model === model && m.precision === precision);
  await pictures(made, index, key);
  // Answers of tasks may have to be computed: the pictures do not wait for them.
  answers(made, index, key)
    .then(() => {
      if (shown?.includes(made)) {
        grid();
        swipe();
        repaint();
      }
    })
    .catch((e) => say(e.message, "error"));
  return made;
}

async function around() {
  neighbours = {};
  byId("previous").disabled = byId("next").disabled = true;
  byId("place").textContent = "";
  if (!state.has("at")) {
    return;
  }
  const at = Number(state.get("at"));
  const parameters = query();
  parameters.set("offset", Math.max(0, at - 1));
  parameters.set("limit", 3);
  const answer = await ask("rows", parameters);
  const rows = answer.rows.map((v) => Object.fromEntries(v.map((x, i) => [answer.columns[i], x])));
  const here = at - answer.offset;
  const place = (row, position) => row && link({ key: row.key, model: row.model, precision: row.precision, at: String(position) });
  neighbours = { previous: at > 0 ? place(rows[here - 1], at - 1) : null, next: place(rows[here + 1], at + 1) };
  byId("previous").disabled = !neighbours.previous;
  byId("next").disabled = !neighbours.next;
  byId("place").textContent = `row ${(at + 1).toLocaleString("en")} of the table`;
}

export async function showImage() {
  const key = state.get("key");
  const here = String(state);
  byId("image-title").textContent = key;
  byId("back").setAttribute("href", link({ page: "images", key: null, model: null, precision: null }));
  byId("notes").textContent = "";
  around().catch((e) => say(e.message, "error"));
  const slow = setTimeout(() => say("Computing the maps of this image, as the audit did …", "busy"), 200);
  const indices = state.has("other") ? [Number(state.get("run") || 0), Number(state.get("other"))] : [Number(state.get("run") || 0)];
  try {
    const [, ...all] = await Promise.all([colours(), ...indices.map((i) => one(i, key))]);
    if (here !== String(state)) {
      return;
    }
    shown = all;
    sources();
    grid();
    swipe();
    numbers();
    repaint();
    const notes = shown.flatMap((o) => o.notes);
    byId("notes").textContent = notes.join(" · ") || (shown.some((o) => o.source === "computed") ? "The maps were computed now, from the audit's settings." : "");
    byId("notes").className = notes.length ? "warning" : "";
    document.documentElement.setAttribute("data-image", here);
  } finally {
    clearTimeout(slow);
    if (here === String(state)) {
      say("");
    }
  }
}

for (const name of ["previous", "next"]) {
  byId(name).addEventListener("click", () => neighbours[name] && go(neighbours[name]));
}
for (const id of ["strength", "outline", "divider", "left", "right"]) {
  byId(id).addEventListener("input", repaint);
}
document.querySelectorAll("input[name=show]").forEach((input) => input.addEventListener("change", repaint));
document.addEventListener("keydown", (event) => {
  // There, arrows move the control or scroll the region.
  const typing = event.target.closest("input, select, [role=region]");
  if (state.get("page") !== "image" || typing || event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  if (event.key === "ArrowLeft" && neighbours.previous) {
    go(neighbours.previous);
  } else if (event.key === "ArrowRight" && neighbours.next) {
    go(neighbours.next);
  } else if (event.key === "Escape") {
    go(byId("back").getAttribute("href"));
  }
});
