"use strict";
import { ask, byId, className, element, go, link, note, number, options, run, runPairs, runs, say, state } from "./page.js";

const ROW = 28;
const PAGE = 100;
/** Browsers do not lay out elements of any height; longer tables scroll in larger steps. */
const MAX_HEIGHT = 8e6;
const CLASSES = ["class", "predicted_class", "explained_class", "label"];
const TEXT = ["key", "model", "precision", "reference", "map_status", "reference_status", ...CLASSES];
/** Where the table is wider than the screen, the column that it is sorted by follows the image. */
const NARROW = matchMedia("(max-width: 45rem)");
const NAMES = {
  key: "image", reference: "compared with", predicted_class: "answer", explained_class: "explains",
  map_status: "map", reference_status: "reference map", other: "in the other run", difference: "difference", other_vanished: "vanished in the other run",
};

let pages = new Map();
let total = 0;
let generation = 0;
let columns = [];
let abort = new AbortController();

/** Parameters of the rows: run, filters, order. */
export function query() {
  const wanted = [...state].filter(([name]) => name.startsWith("f.") || ["run", "other", "measure", "sort", "order"].includes(name));
  return new URLSearchParams(wanted);
}

export function filters() {
  return [...new Set([...state.keys()].filter((name) => name.startsWith("f.")))];
}

export function stopImages() {
  abort.abort();
  abort = new AbortController();
}

function shownColumns() {
  const all = run().columns.map((c) => c.name);
  const references = state.getAll("f.reference");
  const only = references.length === 1 ? references[0] : null;
  const hidden = new Set(["explained_class"]);
  const measures = new Map(run().measures.map((m) => [m.id, m]));
  for (const m of measures.values()) {
    const drop =
      (only === "f32" && (m.mask || m.id === "TOP1")) ||
      (only === "label" && m.id !== "TOP1") ||
      (only && only !== "f32" && only !== "label" && (m.id === "FLIP" || m.id === "TOP1" || (only !== "mask" && m.mask)));
    if (drop) {
      hidden.add(m.id);
    }
  }
  for (const [name, list] of [["reference", references], ["model", state.getAll("f.model")], ["precision", state.getAll("f.precision")]]) {
    if (list.length === 1) {
      hidden.add(name);
    }
  }
  // It is the column "class", or empty.
  hidden.add("label");
  const order = ["key", "class", "model", "precision", "reference", "predicted_class", "probability"];
  const rest = all.filter((c) => !order.includes(c));
  const extra = state.has("other") ? [state.get("measure"), "other", "difference", "other_vanished"] : [];
  const shown = [...new Set([...order.slice(0, 5), ...extra, ...order.slice(5), ...rest])].filter((c) => !hidden.has(c) && (all.includes(c) || extra.includes(c)));
  const sort = state.get("sort");
  return NARROW.matches && shown.includes(sort) ? [...new Set(["key", sort, ...shown])] : shown;
}

function title(column) {
  if (column === "class") {
    return run().labelled ? "class (label)" : "class (f32's answer)";
  }
  return column === "other" ? `${state.get("measure")} ${NAMES.other}` : NAMES[column] || column;
}

function cell(column, value) {
  if (CLASSES.includes(column)) {
    return className(value);
  }
  if (column === "model") {
    return run().models[value] ?? value;
  }
  return typeof value === "number" ? number(value, column) : value ?? "–";
}

function sortBy(column) {
  const smaller = run().measures.find((m) => m.id === column)?.better === "SMALLER" || column === "probability";
  const first = smaller ? "desc" : "asc";
  const order = state.get("sort") === column && state.get("order") === first ? (first === "asc" ? "desc" : "asc") : first;
  go(link({ sort: column, order, at: null }));
}

function head() {
  const sort = state.get("sort");
  byId("rows").tHead.replaceChildren(
    element("tr", {}, ...columns.map((c) => {
      const button = element("button", { type: "button", title: run().measures.find((m) => m.id === c)?.description }, title(c));
      button.addEventListener("click", () => sortBy(c));
      const order = state.get("order") === "desc" ? "descending" : "ascending";
      const arrow = sort === c ? (order === "ascending" ? " ▲" : " ▼") : "";
      button.append(arrow);
      return element("th", { scope: "col", class: TEXT.includes(c) ? "text" : null, "aria-sort": sort === c ? order : null }, button);
    })),
  );
}

/** What the order means, for people who see the table for the first time. */
function explainOrder() {
  const column = state.get("sort");
  const descending = state.get("order") === "desc";
  const measured = column === "difference" ? state.get("measure") : column;
  const measure = run().measures.find((m) => m.id === measured);
  const worst = measure?.ofMaps && descending === (measure.better === "SMALLER");
  const references = state.getAll("f.reference");
  const what = column === "difference" ? `the difference of ${measured} between the runs` : title(column);
  let text = "";
  if (column) {
    text = `Sorted by ${what}${measure ? ` (${measure.description})` : ""}, the ${descending ? "largest" : "smallest"} first`;
    if (worst && column !== "difference" && references.length === 1 && references[0] === "f32") {
      text += ": the maps that moved most, after those that vanished";
    }
    text += ". ";
  }
  byId("order").textContent = text + "A column's name sorts by it; an image's name opens its maps.";
}

function imageLink(row, position) {
  return link({ page: "image", key: row.key, model: row.model, precision: row.precision, at: position });
}

function line(row, position) {
  if (!row) {
    return element("tr", { "aria-rowindex": position + 2 }, element("td", { class: "text", colspan: columns.length }, "…"));
  }
  return element("tr", { "aria-rowindex": position + 2 }, ...columns.map((c) => {
    if (c === "key") {
      return element("th", { scope: "row", class: "text", title: row.key }, element("a", { href: imageLink(row, position) }, row.key));
    }
    const marked = (c === "FLIP" || c === "VANISHED") && row[c] === 1;
    return element("td", { class: TEXT.includes(c) ? "text" : marked ? "flip" : null }, cell(c, row[c]));
  }));
}

function fits() {
  return Math.max(1, Math.floor(byId("scroller").clientHeight / ROW) - 2);
}

function first() {
  const scroller = byId("scroller");
  const range = scroller.scrollHeight - scroller.clientHeight;
  const last = Math.max(0, total - fits());
  return range <= 0 ? 0 : Math.min(last, Math.round((scroller.scrollTop / range) * last));
}

function scrollTo(position) {
  const scroller = byId("scroller");
  const last = Math.max(1, total - fits());
  scroller.scrollTop = (position / last) * (scroller.scrollHeight - scroller.clientHeight);
}

async function page(index) {
  const own = pages;
  if (!pages.has(index)) {
    const parameters = query();
    parameters.set("offset", index * PAGE);
    parameters.set("limit", PAGE);
    const asked = ask("rows", parameters, abort.signal).then((answer) =>
      answer.rows.map((values) => Object.fromEntries(values.map((v, i) => [answer.columns[i], v]))));
    pages.set(index, asked);
    asked.catch(() => own.delete(index));
  }
  return pages.get(index);
}

/** Draws what is in view; rows that are still on their way are dots. */
async function draw() {
  const mine = generation;
  const from = first();
  const count = Math.min(fits(), total - from);
  const wanted = [];
  for (let i = Math.floor(from / PAGE); i <= Math.floor((from + Math.max(0, count - 1)) / PAGE); i++) {
    wanted.push(i);
  }
  const body = byId("rows").tBodies[0];
  const waiting = setTimeout(() => {
    if (mine === generation) {
      body.replaceChildren(...Array.from({ length: count }, (_, i) => line(null, from + i)));
    }
  }, 150);
  try {
    const rows = new Map();
    for (const index of wanted) {
      (await page(index)).forEach((row, i) => rows.set(index * PAGE + i, row));
    }
    if (mine === generation && from === first()) {
      body.replaceChildren(...Array.from({ length: count }, (_, i) => line(rows.get(from + i), from + i)));
      document.documentElement.setAttribute("data-drawn", String(mine));
    }
  } finally {
    clearTimeout(waiting);
  }
}

let noted = 0;
byId("scroller").addEventListener("scroll", () => {
  draw().catch((e) => e.name === "AbortError" || say(e.message, "error"));
  clearTimeout(noted);
  noted = setTimeout(() => state.get("page") === "images" && note({ at: first() || null }), 300);
});
addEventListener("resize", () => byId("images").hidden || draw().catch((e) => e.name === "AbortError" || say(e.message, "error")));

function distinct(column) {
  const r = run();
  const values = { model: Object.entries(r.models), precision: r.precisions.map((p) => [p, p]) }[column];
  return [["", "all"], ...values];
}

function fillFilters() {
  options(byId("run"), runPairs(), state.get("run") || 0);
  byId("run").parentElement.hidden = runs.length === 1;
  options(byId("other"), runPairs(), state.get("other") || 1);
  byId("other").parentElement.hidden = byId("measure-label").hidden = !state.has("other");
  options(byId("measure"), run().measures.map((m) => [m.id, m.id]), state.get("measure"));
  const names = run().classNames.length
    ? run().classNames.map((n, i) => [i, n])
    : [];
  const references = [...new Set(["f32", ...state.getAll("f.reference"), ...run().references])];
  for (const control of document.querySelectorAll("[data-filter]")) {
    const column = control.dataset.filter;
    const value = state.getAll("f." + column).length === 1 ? state.get("f." + column) : "";
    if (column === "model" || column === "precision") {
      options(control, distinct(column), value);
    } else if (column === "reference") {
      options(control, [["", "all"], ...references.map((r) => [r, r])], value);
    } else if (column === "class" || column === "predicted_class") {
      control.parentElement.hidden = !names.length;
      options(control, [["", "all"], ...names], value);
    } else {
      control.value = value;
    }
  }
  const extra = state.has("other") ? ["other", "difference", "other_vanished"] : [];
  options(byId("column"), [...run().columns.map((c) => c.name), ...extra].map((c) => [c, title(c)]), byId("column").value || "CC");
  byId("chips").replaceChildren(...filters().map((name) => {
    const column = name.slice(2);
    const texts = state.getAll(name).map((v) => (v === "none" ? v : CLASSES.includes(column) ? className(Number(v)) : cell(column, v)));
    const chip = element("button", { type: "button", "aria-label": `remove the filter ${title(column)} ${texts.join(" or ")}` }, `${title(column)}: ${texts.join(" or ")} ✕`);
    chip.addEventListener("click", () => go(link({ [name]: null, at: null })));
    return chip;
  }));
}

async function count(mine, signal) {
  const own = await ask("count", query(), signal);
  if (mine === generation) {
    total = own.rows;
    size();
    byId("count").textContent = `${own.rows.toLocaleString("en")} rows, ${own.images.toLocaleString("en")} images`;
  }
  const all = new URLSearchParams([...query()].filter(([name]) => ["run", "other", "measure"].includes(name)));
  const whole = await ask("count", all, signal);
  if (mine === generation) {
    byId("count").textContent =
      `${own.rows.toLocaleString("en")} of ${whole.rows.toLocaleString("en")} rows, ${own.images.toLocaleString("en")} of ${whole.images.toLocaleString("en")} images`;
  }
}

function size() {
  byId("space").style.height = Math.min(MAX_HEIGHT, (total + 2) * ROW) + "px";
  byId("rows").setAttribute("aria-rowcount", total + 1);
}

let drawnFor = "";

export async function showImages() {
  byId("images-title").textContent = state.has("other") ? `${runs[Number(state.get("other"))]?.name} compared with ${run().name}` : "Images";
  const mine = ++generation;
  const signal = abort.signal;
  columns = shownColumns();
  fillFilters();
  head();
  explainOrder();
  pages = new Map();
  byId("count").textContent = "…";
  // The first rows do not wait for the number of all.
  const start = page(Math.floor(Number(state.get("at") || 0) / PAGE));
  const counted = count(mine, signal);
  // Waited for below; a newer table may end both first.
  counted.catch(() => {});
  const rows = await start;
  if (mine !== generation) {
    return;
  }
  const key = String(query());
  if (!state.get("at")) {
    total = Math.max(rows.length, drawnFor === key ? total : 0);
    size();
    byId("scroller").scrollTop = 0;
    await draw();
  }
  await counted;
  if (mine === generation) {
    drawnFor = key;
    if (state.get("at")) {
      scrollTo(Number(state.get("at")));
    }
    await draw();
    document.documentElement.setAttribute("data-shown", key);
  }
}

for (const control of document.querySelectorAll("[data-filter]")) {
  control.addEventListener(control.type === "search" ? "input" : "change", () => {
    const change = { ["f." + control.dataset.filter]: control.value, at: null };
    if (control.type === "search") {
      note(change);
      stopImages();
      showImages().catch((e) => e.name === "AbortError" || say(e.message, "error"));
    } else {
      go(link(change));
    }
  });
}
function choose(run, other) {
  // A run is not compared with itself.
  go(link({ run, other: run === other ? state.get("run") || "0" : other, at: null }));
}
byId("run").addEventListener("change", (event) => choose(event.target.value, state.get("other")));
byId("other").addEventListener("change", (event) => {
  const other = event.target.value;
  const own = state.get("run") || "0";
  go(link({ run: own === other ? state.get("other") : own, other, at: null }));
});
byId("measure").addEventListener("change", (event) => go(link({ measure: event.target.value, at: null })));
byId("filters").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = "f." + byId("column").value;
  const value = byId("value").value.trim();
  if (value) {
    const known = run().columns.find((c) => c.name === byId("column").value);
    const index = known && known.kind === "CLASS" ? run().classNames.indexOf(value) : -1;
    go(link({ [name]: index >= 0 ? String(index) : value, at: null }));
  }
});
