// A text that was read from a picture: the picture with the lines marked, and the words that say so.

import { el } from "./dom.js";
import { drawn, fixed } from "./guarded.js";
import { photo } from "./photo.js";
import { t } from "./texts.js";

const MOST_BOXES = 60;

/** The picture of `{photo_url, boxes}` with a frame around each line; it takes the room it is given. */
export function framed({ photo_url: url, boxes }, alt = "") {
  const image = photo(url, { alt, loading: "lazy" });
  const whole = el("span", { class: "framed" }, image);
  const frames = Array.isArray(boxes) ? drawn(boxes.slice(0, MOST_BOXES), frame) : [];
  // Around a picture that does not come there is nothing to frame.
  image.addEventListener("load", () => whole.append(...frames.filter(Boolean)), { once: true });
  return whole;
}

/** The picture large enough to find the lines, and how sure the reading is. */
export function readFromPicture(picture) {
  return el("div", { class: "read-from" }, framed(picture, t("picture.alt")), el("p", { class: "faint" }, inWords(picture)));
}

/** “Read from the picture (certainty 0.93)” */
export const inWords = ({ certainty }) => t("picture.read", { certainty: fixed(certainty, 2) });

/** “, p. 3” behind a citation; nothing where it has no pages. */
export const onPage = ({ page }) => (Number.isInteger(page) ? t("quote.page", { page }) : "");

function frame({ x, y, width, height }) {
  if (![x, y, width, height].every((share) => share >= 0 && share <= 1)) return null;
  const box = el("span", { class: "read-line", "aria-hidden": true });
  // A style attribute is against the page's policy; setting properties is not.
  Object.assign(box.style, { left: `${100 * x}%`, top: `${100 * y}%`, width: `${100 * width}%`, height: `${100 * height}%` });
  return box;
}
