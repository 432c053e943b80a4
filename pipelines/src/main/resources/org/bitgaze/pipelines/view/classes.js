"use strict";
import { ask, byId, className, driftMeasure, element, go, link, number, options, run, runPairs, runs, say, share, state } from "./page.js";

let order = null;

function interval(values) {
  if (!values.length) {
    return "–";
  }
  return values.length === 3 ? `${number(values[0])} [${number(values[1])}, ${number(values[2])}]` : number(values[0]);
}

function columns(answer, model, precision) {
  const sort = answer.better === "SMALLER" ? "desc" : "asc";
  const images = (c) => `?page=images&run=${state.get("run") || 0}&f.reference=f32&` +
    new URLSearchParams({ "f.model": model, "f.precision": precision, "f.class": c.index, sort: answer.measure, order: sort });
  const all = [
    ["class", (c) => c.index, (c) => element("a", { href: images(c) }, className(c.index))],
    ["images", (c) => -c.images, (c) => c.images],
    ["flips [95 % CI]", (c) => -c.flipShare[0], (c) => share(c.flipShare)],
    [answer.measure + " with f32 [95 % CI]", (c) => (c.drift.length ? c.drift[0] * (sort === "asc" ? 1 : -1) : Infinity), (c) => interval(c.drift)],
    ["worse than the others", (c) => (c.worse ? 0 : 1), (c) => c.worse],
    ["vanished", (c) => -c.vanished, (c) => c.vanished],
  ];
  if (answer.labelled) {
    all.push(["accuracy, f32", (c) => c.before[0], (c) => share(c.before)], ["accuracy, " + precision, (c) => c.after[0], (c) => share(c.after)]);
  }
  all.push(["p, more flips", (c) => c.flipP ?? 2, (c) => p(c.flipP)], ["p, more drift", (c) => c.driftP ?? 2, (c) => p(c.driftP)]);
  return all;
}

function p(value) {
  return value === null ? "–" : value < 1e-4 ? value.toExponential(1) : value.toFixed(4);
}

function fill(answer, model, precision) {
  const table = byId("class-table");
  const all = columns(answer, model, precision);
  const sorted = [...answer.classes];
  if (order !== null && all[order]) {
    sorted.sort((a, b) => all[order][1](a) - all[order][1](b));
  }
  table.tHead.replaceChildren(element("tr", {}, ...all.map(([name], i) => {
    const button = element("button", { type: "button" }, name + (order === i ? " ▲" : ""));
    button.addEventListener("click", () => {
      order = order === i ? null : i;
      fill(answer, model, precision);
    });
    return element("th", { scope: "col", "aria-sort": order === i ? "ascending" : null }, button);
  })));
  table.tBodies[0].replaceChildren(...sorted.map((c) =>
    element("tr", { class: c.worse ? "significant" : null }, ...all.map(([, , show], i) =>
      element(i ? "td" : "th", { scope: i ? null : "row", class: c.worse && all[i][0] === "worse than the others" ? "flip" : null }, show(c))))));
}

export async function showClasses() {
  options(byId("class-run"), runPairs(), state.get("run") || 0);
  byId("class-run").parentElement.hidden = runs.length === 1;
  const quantized = run().precisions.filter((q) => q !== "f32");
  options(byId("class-model"), Object.entries(run().models), state.get("model"));
  options(byId("class-precision"), quantized.map((q) => [q, q]), state.get("precision") || quantized.at(-1));
  const model = byId("class-model").value;
  const precision = byId("class-precision").value;
  if (!precision) {
    byId("class-summary").textContent = "This run has nothing but f32.";
    return;
  }
  const here = String(state);
  const slow = setTimeout(() => say("Counting …", "busy"), 200);
  const answer = await ask("classes", { run: state.get("run") || 0, model, precision }).finally(() => clearTimeout(slow));
  if (here !== String(state)) {
    return;
  }
  say("");
  order = null;
  fill(answer, model, precision);
  const worse = answer.classes.filter((c) => c.worse).length;
  byId("class-summary").textContent =
    `${answer.classes.length} classes by ${answer.labelled ? "label" : "f32's answer"}, the most harmed first; ` +
    `${worse} worse than the others beyond chance (Fisher's exact test for flips, the rank-sum test for drift, Holm's correction for all tests of this table, 5 %).`;
  const total = answer.flips.reduce((sum, f) => sum + f.count, 0);
  byId("flip-summary").textContent = answer.flips.length
    ? `Answers at f32 and what they become at ${precision}: ${total} flips${answer.flips.length === 200 ? " in the 200 most frequent pairs" : ""}.`
    : "No answer becomes another class.";
  const table = byId("flip-table");
  table.tHead.replaceChildren(element("tr", {}, ...["f32", precision, "images"].map((h) => element("th", { scope: "col" }, h))));
  table.tBodies[0].replaceChildren(...answer.flips.map((f) => {
    const href = `?page=images&run=${state.get("run") || 0}&` + new URLSearchParams({
      "f.reference": "f32", "f.model": model, "f.precision": precision, "f.explained_class": f.from, "f.predicted_class": f.to, sort: driftMeasure(),
    });
    return element("tr", {}, element("th", { scope: "row" }, className(f.from)), element("td", {}, className(f.to)), element("td", {}, element("a", { href, "aria-label": `${f.count} images: ${className(f.from)} becomes ${className(f.to)}` }, String(f.count))));
  }));
  document.documentElement.setAttribute("data-classes", here);
}

for (const [id, name] of [["class-run", "run"], ["class-model", "model"], ["class-precision", "precision"]]) {
  byId(id).addEventListener("change", (event) => go(link({ [name]: event.target.value })));
}
