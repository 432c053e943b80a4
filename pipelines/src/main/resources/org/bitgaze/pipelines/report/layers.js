"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d31"];
  const symbols = ["circle", "triangle", "rect", "diamond"];
  const names = { drift: "drift (1 − CC)", SQNR: "SQNR of the logits, dB", FLIP: "share of flipped answers" };
  const charts = [];
  const theme = document.getElementById("theme");
  const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

  function css(name) {
    return getComputedStyle(root).getPropertyValue(name).trim();
  }

  function themed(options) {
    const ink = css("--ink");
    const axis = (a) => ({
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
      legend: { top: 24, textStyle: { color: ink }, selected: options.selected || {} },
      tooltip: { trigger: "item" },
      ...options,
      series: options.series.map((one) =>
        one.markLine
          ? { ...one, markLine: { ...one.markLine, lineStyle: { type: "solid", width: 1.5, color: css("--quiet") } } }
          : one,
      ),
      title: { text: options.title, textStyle: { color: ink, fontSize: 14 } },
      xAxis: axis(options.xAxis),
      yAxis: axis({ ...options.yAxis, nameGap: 52 }),
    };
  }

  function chart(part, options) {
    const element = document.createElement("div");
    element.className = "chart";
    element.setAttribute("role", "img");
    element.tabIndex = 0;
    document.getElementById(part).append(element);
    const instance = echarts.init(element, null, { renderer: "svg" });
    charts.push({ instance, options });
    instance.setOption(themed(options), true);
  }

  /** Whiskers from the lower to the upper end of an interval, in the middle of each layer's place. */
  function whiskers(values) {
    return {
      silent: true,
      symbol: "none",
      label: { show: false },
      data: values
        .map((v, i) => [{ coord: [i, v[1]] }, { coord: [i, v[2]] }])
        .filter((ends) => ends[0].coord[1] !== null && ends[1].coord[1] !== null),
    };
  }

  /** The axis' end, which no whisker passes: two digits, rounded up. */
  function top(largest, kinds) {
    const ends = Object.values(kinds).flat().map((v) => v[2]);
    const end = Math.max(largest, ...ends.filter((v) => v !== null));
    const digit = 10 ** (Math.floor(Math.log10(end)) - 1);
    return end > 0 ? Number((Math.ceil(end / digit) * digit).toPrecision(2)) : null;
  }

  for (const sweep of data.sweeps) {
    for (const [measure, kinds] of Object.entries(sweep.series)) {
      const shown = Object.keys(kinds);
      chart("bars", {
        title: sweep.title + ": " + names[measure],
        selected: Object.fromEntries(shown.map((kind) => [kind, kind === (kinds.only ? "only" : shown[0])])),
        grid: { left: 72, right: 16, top: 60, bottom: 120 },
        xAxis: { type: "category", data: sweep.layers, axisLabel: { rotate: 60, interval: 0, fontSize: 9 } },
        yAxis: { type: "value", name: names[measure], max: (shown) => top(shown.max, kinds), axisLabel: { showMaxLabel: false } },
        series: shown.map((kind) => ({
          type: "bar",
          name: kind,
          data: kinds[kind].map((v) => v[0]),
          markLine: whiskers(kinds[kind]),
        })),
      });
    }
  }

  // The others lie beside the proposal, where no label can be read; the table has all.
  const labelled = new Set(["mixed", "int8", "int4"]);
  for (const frontier of data.frontiers) {
    chart("frontiers", {
      title: frontier.title,
      grid: { left: 72, right: 24, top: 60, bottom: 48 },
      xAxis: { type: "log", name: frontier.axis, nameGap: 28, max: 1, axisLabel: { formatter: (v) => 100 * v + " %" } },
      yAxis: { type: "log", name: "drift (1 − CC), held out" },
      series: Object.entries(frontier.points)
        .map(([criterion, points], i) => ({
          type: "line",
          name: criterion,
          symbol: symbols[i % symbols.length],
          data: points.filter((p) => p[1] > 0).map((p) => [p[0], p[1]]),
        }))
        .concat([
          {
            type: "scatter",
            name: "choices",
            symbolSize: 12,
            data: Object.entries(frontier.choices)
              .filter((c) => c[1][1] > 0)
              .map(([name, p]) => ({ name, value: [p[0], p[1]], label: { show: labelled.has(name) } })),
            label: { formatter: "{b}", position: "right", fontSize: 10, color: css("--ink") },
          },
        ]),
    });
  }

  function apply() {
    const dark = theme.value === "dark" || (theme.value === "auto" && systemIsDark.matches);
    root.dataset.theme = dark ? "dark" : "light";
    charts.forEach((c) => c.instance.setOption(themed(c.options), true));
  }

  theme.addEventListener("change", apply);
  systemIsDark.addEventListener("change", apply);
  addEventListener("resize", () => charts.forEach((c) => c.instance.resize()));
  apply();
})();
