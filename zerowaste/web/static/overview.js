// The flows as a Sankey diagram; the table beside it says the same.

import { init } from "./vendor/echarts-sankey.js";

const box = document.getElementById("sankey");
const links = JSON.parse(document.getElementById("links").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const paper = matchMedia("print"); // white, whatever the screen is
const night = () => dark.matches && !paper.matches;
const narrow = matchMedia("(max-width: 575px)");
const PALETTE = ["#1d6b45", "#2f7f9e", "#b7791f", "#7a5ea8", "#a34a2c", "#5c7f1f", "#3f6fb5", "#96723a"];
let chart = null;

function mass(grams) {
  const [figure, unit] = grams >= 10_000_000 ? [grams / 1e6, "t"] : [grams / 1000, "kg"];
  return `${figure.toLocaleString("en", { maximumFractionDigits: 1 })} ${unit}`;
}

function draw() {
  chart?.dispose();
  const nodes = [...new Set(links.flatMap(([from, to]) => [from, to]))];
  const many = nodes.length > 18;
  box.classList.toggle("tall", many);
  chart = init(box);
  chart.setOption({
    animation: false,
    color: PALETTE,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    // Drawn on the canvas: a tooltip of elements would need styles that the content policy forbids.
    tooltip: {
      renderMode: "richText",
      formatter: ({ dataType, data, name, value }) =>
        dataType === "edge" ? `${data.source} → ${data.target}\n${mass(data.value)}` : `${name}\n${mass(value)}`,
    },
    series: [{
      type: "sankey", nodeAlign: "left", nodeGap: 17, left: 4, right: narrow.matches ? 90 : 180, top: 8, bottom: 8, draggable: false,
      data: nodes.map((name) => ({ name })),
      links: links.map(([source, target, value]) => ({ source, target, value })),
      lineStyle: { color: "gradient", opacity: night() ? 0.45 : 0.35 },
      label: { color: night() ? "#d8e0da" : "#24312a", width: narrow.matches ? 84 : 170, overflow: "truncate" },
      emphasis: { focus: "adjacency" },
    }],
  });
}

draw();
for (const each of [dark, paper]) each.addEventListener("change", draw);
addEventListener("resize", () => chart.resize());
