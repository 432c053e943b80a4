"use strict";

/** What the page shows: the parameters of its URL. */
export let state = new URLSearchParams(location.search);

/** What the runs have. */
export let runs = [];

export const byId = (id) => document.getElementById(id);

/** Makes an element: attributes by name, text, and children. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? "" : value);
    }
  }
  made.append(...children);
  return made;
}

/** Asks the server; fails with the server's message. */
export async function ask(path, parameters, signal) {
  const response = await fetch("api/" + path + "?" + new URLSearchParams(parameters), { signal });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.error);
  }
  return answer;
}

export function say(text, kind = "") {
  const place = byId("message");
  place.textContent = text;
  place.className = kind;
}

export function run() {
  return runs[Number(state.get("run") || 0)] || runs[0];
}

export function className(index, of = run()) {
  if (index < 0) {
    return "nothing found"; // By a detector.
  }
  return index === null || index === undefined ? "" : of.classNames[index] ?? "class " + index;
}

export function number(value, column) {
  if (value === null || value === undefined) {
    return "–";
  }
  return Number.isInteger(value) && (column === "FLIP" || column === "VANISHED" || column === "other_vanished" || column === "TOP1" || column === "POINTING")
    ? String(value)
    : value.toFixed(3).replace(/^-(0\.0+)$/, "$1");
}

export function share(triple) {
  if (!triple.length) {
    return "–";
  }
  const percent = (x) => (100 * x).toFixed(1) + " %";
  return `${percent(triple[0])} [${percent(triple[1])}, ${percent(triple[2])}]`;
}

/** Fills a select with [value, text] pairs. */
export function options(select, pairs, chosen) {
  select.replaceChildren(...pairs.map(([value, text]) => element("option", { value }, text)));
  select.value = pairs.some(([value]) => String(value) === String(chosen)) ? chosen : pairs.length ? pairs[0][0] : "";
}

export function runPairs() {
  return runs.map((r, i) => [i, r.name]);
}

/** The URL of the page with other parameters; null removes one. */
export function link(changes, from = state) {
  const next = new URLSearchParams(from);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== "") {
        next.append(name, one);
      }
    }
  }
  return "?" + next;
}

let show = () => {};

/** Sets what shows the state of the URL. */
export function whenAsked(shower) {
  show = shower;
}

/** Reads the state again, after the URL has changed. */
export function refresh() {
  state = new URLSearchParams(location.search);
}

/** Keeps what the server says about the runs. */
export function keep(known) {
  runs = known;
}

/** Shows another state; the browser's back button returns. */
export function go(url) {
  history.pushState(null, "", url);
  show();
}

/** Records a state without a step in the history. */
export function note(changes) {
  history.replaceState(null, "", link(changes));
  state = new URLSearchParams(location.search);
}

/** The measure of drift: CC where the run has it. */
export function driftMeasure() {
  const ofMaps = runs[0].measures.filter((m) => m.ofMaps && !m.mask);
  return (ofMaps.find((m) => m.id === "CC") || ofMaps[0] || runs[0].measures[0]).id;
}
