"use strict";
import { ask, byId, driftMeasure, element, go, keep, refresh, runs, say, state, whenAsked } from "./page.js";
import { showImages, stopImages } from "./table.js";
import { showImage } from "./picture.js";
import { showClasses } from "./classes.js";

function worstFirst(measure) {
  const known = runs[0].measures.find((m) => m.id === measure);
  return known && known.better === "SMALLER" ? "desc" : "asc";
}

function pages() {
  const drift = driftMeasure();
  const all = [
    ["images", "Images", `?page=images&f.reference=f32&sort=${drift}&order=${worstFirst(drift)}`],
    ["classes", "Classes", "?page=classes"],
  ];
  if (runs.length > 1) {
    all.push(["pair", "Two runs", `?page=images&other=1&measure=${drift}&f.reference=f32&sort=difference&order=${worstFirst(drift)}`]);
  }
  const page = state.get("page");
  const current = page === "classes" ? "classes" : state.has("other") ? "pair" : "images";
  byId("pages").replaceChildren(
    ...all.map(([name, text, href]) => element("a", { href, "aria-current": name === current ? "page" : null }, text)),
  );
  return all[0][2];
}

function show() {
  refresh();
  const start = pages();
  if (!state.has("page")) {
    history.replaceState(null, "", start);
    refresh();
    pages();
  }
  const page = ["images", "image", "classes"].includes(state.get("page")) ? state.get("page") : "images";
  for (const section of ["images", "image", "classes"]) {
    byId(section).hidden = section !== page;
  }
  say("");
  stopImages();
  const shown = { images: showImages, image: showImage, classes: showClasses }[page]();
  shown.catch((e) => e.name === "AbortError" || say(e.message, "error"));
}

function theme(name) {
  const dark = name === "dark" || (name === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-theme", dark ? "dark" : "light");
}

document.addEventListener("click", (event) => {
  const a = event.target.closest("a");
  if (a && a.search && a.origin === location.origin && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    go(a.search);
  }
});
whenAsked(show);
addEventListener("popstate", show);
byId("theme").addEventListener("change", (event) => theme(event.target.value));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => theme(byId("theme").value));
theme("auto");

ask("info", {}).then(
  (info) => {
    keep(info.runs);
    byId("summary").textContent = runs
      .map((r) => `${r.name}: ${Object.values(r.models).join(", ")} at ${r.precisions.join(", ")}, ${r.images.toLocaleString("en")} images, ${r.started.slice(0, 16).replace("T", " ")} UTC`)
      .join(" · ");
    document.title = "Bitgaze: " + runs.map((r) => r.name).join(", ");
    show();
    document.documentElement.setAttribute("data-ready", "true");
  },
  (e) => say(e.message, "error"),
);
