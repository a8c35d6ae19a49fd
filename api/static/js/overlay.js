// Two pictures laid on each other by the server's alignment, with a slider between them, and the places
// that both show joined by lines.

import { el, svg } from "./dom.js";
import { t } from "./texts.js";

const MOST_POINTS = 40;
const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];

/** Whether it is one: all numbers, and no place at infinity. */
export function canLay(alignment) {
  const rows = alignment?.homography;
  if (!Array.isArray(rows) || rows.length !== 3 || !rows.every((row) => row.length === 3 && row.every(Number.isFinite))) return false;
  const depths = CORNERS.map(([x, y]) => rows[2][0] * x + rows[2][1] * y + rows[2][2]);
  return depths.every((depth) => depth > 1e-6) || depths.every((depth) => depth < -1e-6);
}

/** The picture `over` laid on `under`; each is `{image(), name}`, a new image element and its name. */
export function overlay({ over, under, alignment }) {
  const below = Object.assign(under.image(), { alt: under.name });
  const above = Object.assign(over.image(), { alt: over.name });
  const top = el("div", { class: "overlay-top" }, above);
  const view = el("div", { class: "overlay-view" }, below, top);
  const edge = el("span", { class: "overlay-edge", "aria-hidden": true });
  view.append(edge);
  const slider = el("input", { type: "range", min: 0, max: 100, value: 50, "aria-label": t("overlay.slider", { over: over.name, under: under.name }) });
  const slide = () => {
      top.style.clipPath = `inset(0 ${100 - slider.value}% 0 0)`;
    edge.style.left = `${slider.value}%`;
  };
  slider.addEventListener("input", slide);
  slide();
  const lay = () => {
    if (view.clientWidth) above.style.transform = matrixOf(alignment.homography, view.clientWidth, view.clientHeight);
  };
  new ResizeObserver(lay).observe(view);
  return el(
    "figure",
    { class: "overlay" },
    view,
    el("div", { class: "overlay-names", "aria-hidden": true }, el("span", {}, over.name), el("span", {}, under.name)),
    slider,
    proof({ over, under, alignment }),
  );
}

/** Both pictures beside each other, with lines between the places that match. */
function proof({ over, under, alignment }) {
  const points = (alignment.points ?? []).filter((each) => each.length === 4 && each.every((share) => share >= 0 && share <= 1)).slice(0, MOST_POINTS);
  if (!points.length) return null;
  const details = el("details", { class: "proof" }, el("summary", {}, t("overlay.points", { n: alignment.matches })));
  details.addEventListener("toggle", () => details.open && details.childElementCount === 1 && details.append(joined(over.image(), under.image(), points)));
  return details;
}

function joined(left, right, points) {
  left.alt = right.alt = "";
  const both = el("div", { class: "proof-pair", role: "img", "aria-label": t("overlay.joined", { n: points.length }) }, left, right);
  const draw = () => {
    const heights = [left, right].map((image) => image.naturalHeight / image.naturalWidth);
    if (!heights.every((height) => height > 0) || both.querySelector("svg")) return;
    const [a, b] = heights.map((height) => (100 * height) / Math.max(...heights));
    const lines = points.map(([x, y, u, v]) => svg("line", { x1: `${50 * x}%`, y1: `${a * y}%`, x2: `${50 + 50 * u}%`, y2: `${b * v}%` }));
    both.append(svg("svg", { "aria-hidden": "true" }, lines));
  };
  for (const image of [left, right]) image.addEventListener("load", draw);
  draw();
  return both;
}

/** The homography as CSS writes it, for a picture that is drawn as large as what it lies on. */
function matrixOf([[a, b, c], [d, e, f], [g, h, i]], wide, high) {
  const columns = [
    [a, (d * high) / wide, 0, g / wide],
    [(b * wide) / high, e, 0, h / high],
    [0, 0, 1, 0],
    [c * wide, f * high, 0, i],
  ];
  return `matrix3d(${columns.flat().join(",")})`;
}
