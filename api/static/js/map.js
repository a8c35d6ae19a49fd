// Where photos were taken, on a map of the world's coasts that is part of the page: no tiles.

import { el, svg } from "./dom.js";
import { fixed, isOnEarth } from "./guarded.js";
import { count, t } from "./texts.js";

const WIDE = 120;
const HIGH = 66;

/** A map with a dot for each place among the photos' coordinates; null where there are none. */
export function map(photos) {
  const places = new Map();
  for (const { latitude, longitude } of photos) {
    if (isOnEarth(latitude, longitude)) places.set(inWords(latitude, longitude), [longitude + 180, 90 - latitude]);
  }
  if (!places.size) return null;
  const spots = [...places.values()];
  const words = places.size === 1 ? [...places.keys()][0] : count("count.places", places.size);
  const [x, y] = middle(spots);
  // The map shows the part of the world around the dots, as much of it as stays legible.
  const left = Math.max(0, Math.min(360 - WIDE, x - WIDE / 2));
  const top = Math.max(0, Math.min(150 - HIGH, y - HIGH / 2));
  const all = spots.some(([px, py]) => px < left || px > left + WIDE || py < top || py > top + HIGH);
  return el(
    "figure",
    { class: "map" },
    svg(
      "svg",
      { viewBox: all ? "0 0 360 150" : `${left} ${top} ${WIDE} ${HIGH}`, role: "img", "aria-label": t("map.label", { where: words }) },
      svg("use", { href: "/static/land.svg#land", class: "land" }),
      spots.map(([cx, cy]) => svg("circle", { cx, cy, r: all ? 4 : 2 })),
    ),
    el("figcaption", {}, words),
  );
}

/** 48.858, 2.294 → “48.86° N, 2.29° E”. */
function inWords(latitude, longitude) {
  const north = t(latitude < 0 ? "map.south" : "map.north", { degrees: fixed(Math.abs(latitude), 2) });
  const east = t(longitude < 0 ? "map.west" : "map.east", { degrees: fixed(Math.abs(longitude), 2) });
  return t("map.both", { north, east });
}

const middle = (spots) => [0, 1].map((axis) => spots.reduce((sum, spot) => sum + spot[axis], 0) / spots.length);
