"use strict";
/** What the pages share: their data, colours, and charts that follow the theme and the printer. */
const page = (function () {
  const root = document.documentElement;
  const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d31"];
  const symbols = ["circle", "triangle", "rect", "diamond", "pin", "arrow", "roundRect"];
  const charts = [];
  /** The series that the reader has hidden, by chart, so that a redrawn chart hides them, too. */
  const chosen = new Map();
  const theme = document.getElementById("theme");
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

  /** A colour of the theme, by its variable's name. */
  function css(name) {
    return getComputedStyle(root).getPropertyValue(name).trim();
  }

  /** Completes a chart's options with the theme's colours. */
  function themed(options) {
    const ink = css("--ink");
    const axis = (a, nameGap) => ({
      nameGap,
      ...a,
      nameLocation: "middle",
      nameTextStyle: { color: ink },
      axisLabel: { color: ink, ...(a.axisLabel || {}) },
      axisLine: { onZero: false, lineStyle: { color: ink } },
      splitLine: { lineStyle: { color: css("--line") } },
    });
    return {
      animation: false,
      aria: { enabled: true },
      color: palette,
      textStyle: { color: ink },
      tooltip: { trigger: "item" },
      grid: { left: 68, right: 24, top: 60, bottom: 44 },
      ...options,
      legend: { top: 24, textStyle: { color: ink }, ...(options.legend || {}) },
      title: { text: options.title, textStyle: { color: ink, fontSize: 14 } },
      xAxis: axis(options.xAxis, 28),
      yAxis: axis(options.yAxis, 44),
    };
  }

  /** Remembers which series of a chart are hidden. */
  function remember(one) {
    const shown = one.instance.getOption();
    if (shown && shown.legend.length > 0) {
      chosen.set(one.part + " " + shown.title[0].text, shown.legend[0].selected);
    }
  }

  function draw(one) {
    remember(one);
    const options = themed(one.describe());
    const selected = chosen.get(one.part + " " + options.title.text);
    if (selected) {
      options.legend.selected = selected;
    }
    one.instance.setOption(options, true);
  }

  /** Adds a chart to a part of the page. Its options are made again whenever the theme changes. */
  function chart(part, describe) {
    const element = document.createElement("div");
    element.className = "chart";
    element.setAttribute("role", "img");
    element.tabIndex = 0;
    document.getElementById(part).append(element);
    const one = { part, describe, instance: echarts.init(element, null, { renderer: "svg" }) };
    charts.push(one);
    draw(one);
  }

  /** Removes a part's charts. */
  function clear(part) {
    for (let i = charts.length - 1; i >= 0; i--) {
      if (charts[i].part === part) {
        remember(charts[i]);
        charts[i].instance.dispose();
        charts.splice(i, 1);
      }
    }
    document.getElementById(part).replaceChildren();
  }

  /** Applies the theme that was chosen, or the system's. */
  function paint() {
    const system = systemIsDark.matches ? "dark" : "light";
    root.setAttribute("data-theme", theme.value === "auto" ? system : theme.value);
    charts.forEach(draw);
  }

  theme.addEventListener("change", paint);
  systemIsDark.addEventListener("change", paint);
  addEventListener("resize", () => charts.forEach((one) => one.instance.resize()));
  // Paper is white and narrow, and cannot be unfolded: all tables are opened before printing.
  let folded = [];
  addEventListener("beforeprint", () => {
    root.setAttribute("data-theme", "light");
    folded = [...document.querySelectorAll("details.table:not([open])")];
    folded.forEach((details) => (details.open = true));
    charts.forEach((one) => {
      draw(one);
      one.instance.resize({ width: 600 });
      one.instance.getZr().refreshImmediately();
    });
  });
  addEventListener("afterprint", () => {
    folded.forEach((details) => (details.open = false));
    charts.forEach((one) => one.instance.resize({ width: "auto" }));
    paint();
  });
  paint();
  const data = JSON.parse(document.getElementById("data").textContent);
  return { data, root, palette, symbols, css, chart, clear };
})();
