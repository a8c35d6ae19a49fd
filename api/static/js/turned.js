// Photos that did not lie upright: how they are drawn, and the words that say so. The server says by
// how many degrees each has to be turned clockwise.

import { el } from "./dom.js";
import { t } from "./texts.js";

const TURNS = new Set([90, 180, 270]);

/** The turn of each photo that was asked with, in their order: 0 where it lay upright. */
export const turnsOf = ({ photos_turned: turns }) => (Array.isArray(turns) ? turns.map((degrees) => (TURNS.has(degrees) ? degrees : 0)) : []);

/** The class of a square picture that is drawn turned by `degrees`; false where it need not be. */
export const turnedClass = (degrees) => TURNS.has(degrees) && `is-turned-${degrees}`;

/** A square picture, drawn turned by `degrees`. */
export const turnedImage = (src, degrees, alt) => el("img", { src, alt, class: turnedClass(degrees) });

/** The photo the right way up and how it was turned, a line for each; null where all lay upright. */
export function turnedNote(result, { thumb, film }) {
  const words = turnedInWords(result, film);
  if (!words.length) return null;
  const [first] = turnsOf(result);
  return el(
    "div",
    { class: "turned" },
    first > 0 && thumb && el("span", { class: "thumb" }, turnedImage(thumb, first, t(film ? "evidence.film" : "evidence.yours"))),
    el("div", {}, words.map((line) => el("p", {}, line))),
  );
}

/** “Your photo did not lie upright: turned by 90° clockwise.”, for each that was turned, once for a film. */
export function turnedInWords(result, film) {
  const turns = turnsOf(result);
  if (film) return turns.filter(Boolean).slice(0, 1).map((degrees) => t("turned.film", { degrees }));
  const key = turns.length > 1 ? "turned.each" : "turned.only";
  return turns.flatMap((degrees, at) => (degrees ? [t(key, { degrees, n: at + 1 })] : []));
}
