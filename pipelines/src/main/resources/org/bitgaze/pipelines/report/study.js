"use strict";
(function () {
  const { data, symbols, chart } = page;

  for (const [title, rules] of Object.entries(data.samples)) {
    chart("samples", () => ({
      title: title + ": one point per sample",
      xAxis: { type: "value", name: "mean CC with f32", scale: true },
      yAxis: { type: "value", name: "share of flipped answers", scale: true, nameGap: 52 },
      grid: { left: 76, right: 24, top: 60, bottom: 48 },
      series: Object.entries(rules).map(([rule, points], i) => ({
        type: "scatter",
        name: rule,
        symbol: symbols[i % symbols.length],
        symbolSize: 10,
        data: points.map((p) => [p[0], p[1]]),
      })),
    }));
  }

  for (const [title, rules] of Object.entries(data.curves)) {
    chart("curves", () => ({
      title: title + ": spread of the mean CC",
      xAxis: { type: "log", logBase: 2, name: "calibration images" },
      yAxis: { type: "value", name: "standard deviation over samples", min: 0, nameGap: 52 },
      grid: { left: 76, right: 24, top: 60, bottom: 48 },
      series: Object.entries(rules).map(([rule, points], i) => ({
        type: "line",
        name: rule,
        symbol: symbols[i % symbols.length],
        symbolSize: 8,
        data: points.map((p) => [p[0], p[1]]),
      })),
    }));
  }
})();
