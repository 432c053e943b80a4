"use strict";
(function () {
  const { data, root, palette, symbols, chart, clear } = page;
  const dashes = ["solid", "dashed", "dotted", [8, 3, 2, 3], [2, 6], [12, 4], [4, 2]];

  function checked(name) {
    const input = document.querySelector(`input[name=${name}]:checked`);
    return input ? input.value : null;
  }

  /** A logarithmic axis has no 0: maps without drift are drawn at its edge. */
  function visible(drift) {
    return Math.max(drift, 1e-8);
  }

  function power(value) {
    return value.toExponential(0);
  }

  function byPrecision(precision) {
    const i = data.precisions.indexOf(precision);
    return { itemStyle: { color: palette[i % palette.length] }, symbol: symbols[i % symbols.length] };
  }

  function distributions() {
    clear("distributions");
    const measure = checked("measure");
    const networks = (data.distributions[checked("reference")] || {})[measure] || {};
    for (const [network, precisions] of Object.entries(networks)) {
      chart("distributions", () => ({
        title: data.networks[network],
        xAxis: { type: "value", name: measure, scale: true },
        yAxis: { type: "value", name: "share of images", min: 0, max: 1 },
        series: Object.entries(precisions).map(([precision, quantiles]) => ({
          type: "line",
          name: precision,
          showSymbol: false,
          lineStyle: { type: dashes[data.precisions.indexOf(precision) % dashes.length] },
          itemStyle: byPrecision(precision).itemStyle,
          data: quantiles.map((q, i) => [q, i / (quantiles.length - 1)]),
        })),
      }));
    }
  }

  function drifts() {
    document.getElementById("drifts-part").hidden = Object.keys(data.drifts).length === 0;
    for (const [network, precisions] of Object.entries(data.drifts)) {
      chart("drifts", () => ({
        title: data.networks[network],
        xAxis: { type: "value", name: "CC of f32 with " + data.alignment, scale: true },
        yAxis: { type: "log", name: "drift", axisLabel: { formatter: power } },
        series: Object.entries(precisions).map(([precision, points]) => ({
          type: "scatter",
          name: precision,
          symbolSize: 5,
          ...byPrecision(precision),
          itemStyle: { ...byPrecision(precision).itemStyle, opacity: 0.7 },
          data: points.map((p) => [p[0], visible(p[1])]),
        })),
      }));
    }
  }

  function sensitivity() {
    const networks = Object.entries(data.sensitivity);
    if (networks.length === 0) {
      document.getElementById("sensitivity-part").hidden = true;
      return;
    }
    const bits = networks.flatMap(([, points]) => points.map((p) => p[0]));
    const lows = networks.flatMap(([, points]) => points.map((p) => p[2]));
    chart("sensitivity", () => ({
      title: "",
      xAxis: { type: "value", name: "bits", min: Math.min(...bits), max: Math.max(...bits), minInterval: 1 },
      yAxis: { type: "value", name: "CC with f32", min: Math.floor(Math.min(...lows) * 10) / 10, max: 1 },
      series: networks.flatMap(([name, points], i) => [
        {
          type: "line",
          name,
          symbol: symbols[i % symbols.length],
          symbolSize: 8,
          lineStyle: { type: dashes[i % dashes.length] },
          itemStyle: { color: palette[i % palette.length] },
          data: points.map((p) => [p[0], p[1]]),
          markLine: {
            silent: true,
            symbol: "none",
            label: { show: false },
            lineStyle: { type: "solid", width: 3, opacity: 0.5, color: palette[i % palette.length] },
            data: points.map((p) => [{ coord: [p[0], p[2]] }, { coord: [p[0], p[3]] }]),
          },
        },
      ]),
    }));
  }

  function flips() {
    const networks = Object.entries(data.flips).filter(([, points]) => points.length > 0);
    document.getElementById("flips-part").hidden = networks.length === 0;
    if (networks.length === 0) {
      return;
    }
    chart("flips", () => ({
      title: "",
      xAxis: { type: "log", name: "mean drift", axisLabel: { formatter: power } },
      yAxis: { type: "value", name: "share of flipped answers", min: 0, max: 1 },
      series: networks.map(([name, points], i) => ({
        type: "line",
        name,
        symbol: symbols[i % symbols.length],
        symbolSize: 8,
        lineStyle: { type: dashes[i % dashes.length] },
        data: points.map((p) => [visible(p[0]), p[1]]),
      })),
    }));
  }

  function references() {
    const place = document.getElementById("references");
    Object.keys(data.distributions).forEach((reference, i) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      input.type = "radio";
      input.name = "reference";
      input.value = reference;
      input.checked = i === 0;
      label.append(input, " " + reference + " ");
      place.append(label);
    });
  }

  document.querySelectorAll("input[name=spread]").forEach((input) =>
    input.addEventListener("change", () => root.setAttribute("data-spread", input.value)));
  const alpha = document.getElementById("alpha");
  if (alpha) {
    alpha.addEventListener("input", () => root.style.setProperty("--alpha", alpha.value / 100));
  }
  document.querySelectorAll("button[data-copy]").forEach((button) =>
    button.addEventListener("click", () => {
      const text = document.getElementById(button.dataset.copy);
      const range = document.createRange();
      range.selectNodeContents(text);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      // A page from a file may be unable to write to the clipboard; then the text is selected only.
      const done = navigator.clipboard ? navigator.clipboard.writeText(text.textContent) : Promise.reject();
      done.then(() => (button.textContent = "Copied"), () => (button.textContent = "Selected"));
    }));
  references();
  distributions();
  if (data.precisions.length > 1) {
    drifts();
    sensitivity();
    flips();
  }
  document.querySelectorAll("input[name=measure], input[name=reference]").forEach((input) =>
    input.addEventListener("change", distributions));
  root.setAttribute("data-ready", "true");
})();
