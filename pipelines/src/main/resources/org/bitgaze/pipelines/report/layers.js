"use strict";
(function () {
  const { data, symbols, css, chart } = page;
  const names = { drift: "drift (1 − CC)", SQNR: "SQNR of the logits, dB", FLIP: "share of flipped answers" };

  /** Whiskers from the lower to the upper end of each layer's interval. */
  function whiskers(values) {
    return {
      silent: true,
      symbol: "none",
      label: { show: false },
      lineStyle: { type: "solid", width: 1.5, color: css("--quiet") },
      data: values
        .map((v, i) => [{ coord: [i, v[1]] }, { coord: [i, v[2]] }])
        .filter((ends) => ends[0].coord[1] !== null && ends[1].coord[1] !== null),
    };
  }

  /** The end of the axis, beyond all whiskers: rounded up to two digits. */
  function top(largest, kinds) {
    const ends = Object.values(kinds).flat().map((v) => v[2]);
    const end = Math.max(largest, ...ends.filter((v) => v !== null));
    const digit = 10 ** (Math.floor(Math.log10(end)) - 1);
    return end > 0 ? Number((Math.ceil(end / digit) * digit).toPrecision(2)) : null;
  }

  /** Long numbers would overlap the name of the axis. */
  function brief(value) {
    return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential() : value;
  }

  for (const sweep of data.sweeps) {
    for (const [measure, kinds] of Object.entries(sweep.series)) {
      const shown = Object.keys(kinds);
      chart("bars", () => ({
        title: sweep.title + ": " + names[measure],
        legend: { selected: Object.fromEntries(shown.map((kind) => [kind, kind === (kinds.only ? "only" : shown[0])])) },
        grid: { left: 72, right: 16, top: 60, bottom: 120 },
        xAxis: { type: "category", data: sweep.layers, axisLabel: { rotate: 60, interval: 0, fontSize: 9 } },
        yAxis: { type: "value", name: names[measure], nameGap: 52, max: (shown) => top(shown.max, kinds), axisLabel: { showMaxLabel: false, formatter: brief } },
        series: shown.map((kind) => ({
          type: "bar",
          name: kind,
          data: kinds[kind].map((v) => v[0]),
          markLine: whiskers(kinds[kind]),
        })),
      }));
    }
  }

  // The other points are too close to the proposal for labels; the table has all of them.
  const labelled = new Set(["mixed", "int8", "int4"]);
  for (const frontier of data.frontiers) {
    chart("frontiers", () => ({
      title: frontier.title,
      grid: { left: 72, right: 24, top: 60, bottom: 48 },
      xAxis: { type: "log", name: frontier.axis, max: 1, axisLabel: { formatter: (v) => 100 * v + " %" } },
      yAxis: { type: "log", name: "drift (1 − CC), held out", nameGap: 52 },
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
    }));
  }
})();
