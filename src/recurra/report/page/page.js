"use strict";
const root = document.documentElement;
const figures = JSON.parse(document.getElementById("figures").textContent);
const seen = new Set(); // plots that were drawn, since they came into view
const printed = 480; // pixels: the width of a plot on paper, which is not known before it is laid out
let paper = false;

function colour(name) {
  return getComputedStyle(root).getPropertyValue(name).trim();
}

function themed(layout, data) {
  const named = data.filter((trace) => trace.name && trace.showlegend !== false);
  const lines = named.length > 1 ? named.reduce((sum, { name }) => sum + name.split("<br>").length, 0) : 1;
  const axis = { zeroline: false, gridcolor: colour("--line"), zerolinecolor: colour("--quiet"), linecolor: colour("--line") };
  const font = { color: colour("--ink"), family: getComputedStyle(document.body).fontFamily, size: 12 };
  const label = { bgcolor: colour("--panel"), bordercolor: colour("--line"), font: { color: colour("--ink") }, namelength: -1 };
  const given = {
    height: 320 + 20 * lines, margin: { l: 56, r: 16, t: 12, b: 44 }, font, hoverlabel: label,
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
    ...layout,
  };
  if (paper) given.width = printed;
  for (const name of ["xaxis", "yaxis"]) given[name] = { ...axis, ...given[name] };
  return given;
}

/** Draws one plot anew: of several runs those that are ticked. */
function draw(plot) {
  const figure = figures[plot.dataset.figure];
  const ticked = new Set();
  for (const box of plot.closest(".comparison").querySelectorAll(".tick input:checked")) ticked.add(Number(box.value));
  let data = structuredClone(figure.data.filter((trace) => trace.meta === undefined || ticked.has(trace.meta)));
  for (const { colorscale } of data) if (colorscale?.[0][1] === "paper") colorscale[0][1] = colour("--paper");
  const layout = themed(structuredClone(figure.layout), data);
  if (data.every((trace) => trace.hoverinfo === "skip")) {
    data = [];
    layout.annotations = [{ text: document.querySelector("main").dataset.none, xref: "paper", yref: "paper", x: 0.5, y: 0.5, showarrow: false }];
    layout.xaxis.visible = layout.yaxis.visible = false;
  }
  plot.style.minHeight = 0; // the place that was kept for it
  Plotly.react(plot, data, layout, { responsive: true, displaylogo: false, displayModeBar: false });
}

function redraw(within) {
  for (const plot of within.querySelectorAll(".plot")) if (seen.has(plot)) draw(plot);
}

const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    seen.add(target);
    draw(target);
  }
}, { rootMargin: "600px" });
for (const plot of document.querySelectorAll(".plot")) watcher.observe(plot);

/** On paper there is no scrolling into view, and no dark page: all is drawn that is shown, in the light colours. */
function onPaper(now) {
  if (now === paper) return;
  paper = now;
  if (now) root.dataset.before = root.dataset.theme ?? "";
  const theme = now ? "light" : root.dataset.before;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  if (now) for (const plot of document.querySelectorAll(".plot")) if (plot.offsetParent) seen.add(plot);
  redraw(document);
}
addEventListener("beforeprint", () => onPaper(true));
addEventListener("afterprint", () => onPaper(false));
matchMedia("print").addEventListener("change", ({ matches }) => onPaper(matches));

const dark = matchMedia("(prefers-color-scheme: dark)");
document.getElementById("theme").addEventListener("click", () => {
  const now = root.dataset.theme ?? (dark.matches ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
  redraw(document);
});
dark.addEventListener("change", () => redraw(document));

function valueOf(row, column) {
  const cell = row.cells[column];
  const text = cell.dataset.value ?? cell.textContent.trim();
  const number = Number(text);
  return text === "" ? null : Number.isNaN(number) ? text : number;
}

/** Negative where a comes first; what is empty or no number among numbers comes last either way. */
function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null);
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return sign * (typeof a === "number" ? a - b : a.localeCompare(b));
}

for (const button of document.querySelectorAll("thead button")) {
  button.addEventListener("click", () => {
    const head = button.parentElement;
    const sign = head.ariaSort === "ascending" ? -1 : 1;
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
    const body = head.closest("table").tBodies[0];
    const rows = [...body.rows].map((row) => [row, valueOf(row, head.cellIndex)]);
    rows.sort((one, other) => compare(one[1], other[1], sign));
    body.append(...rows.map(([row]) => row));
  });
}

for (const comparison of document.querySelectorAll(".comparison")) {
  const input = comparison.querySelector(".filter input");
  const rows = comparison.querySelectorAll(".leaders tbody tr");
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      const text = row.querySelector("th").textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    comparison.querySelector(".filter [role=status]").textContent = input.value ? `${shown} / ${rows.length}` : "";
  });
  for (const box of comparison.querySelectorAll(".tick input")) box.addEventListener("change", () => redraw(comparison));
  const select = comparison.querySelector(".choice select");
  select.addEventListener("change", () => {
    for (const detail of comparison.querySelectorAll(".detail")) detail.hidden = detail.dataset.place !== select.value;
  });
}

/** On a phone the score stands before the name, which fills the rest of the screen. */
const phone = matchMedia("(max-width: 600px)");
function arrange() {
  for (const table of document.querySelectorAll(".leaders")) {
    const cells = [...table.rows[0].cells];
    const score = cells.findIndex((cell) => cell.classList.contains("score"));
    const name = cells.findIndex((cell) => cell.classList.contains("words"));
    if (phone.matches === score < name) continue;
    for (const { cells } of table.rows) {
      if (phone.matches) cells[name].before(cells[score]);
      else cells[name].nextElementSibling.after(cells[score]);
    }
  }
}
phone.addEventListener("change", arrange);
arrange();
