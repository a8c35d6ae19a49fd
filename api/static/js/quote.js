// Where a quotation stands in a text. Offsets from the server count code points, as Python does;
// JavaScript counts UTF-16 units, so they are never mixed.

import { el } from "./dom.js";

/** `text[start:end]` in code points. */
export const slice = (text, start, end) => Array.from(text).slice(start, end).join("");

/**
 * Splits `text` around the quotation: `[before, quoted, after]`, or null where it does not stand.
 * The offsets are believed when they lead to the quotation, else it is searched for.
 */
export function splitAround(text, quote, start, end) {
  const points = Array.from(text);
  const quoted = points.slice(start, end).join("");
  if (quoted && same(quoted, quote)) {
    return [points.slice(0, start).join(""), quoted, points.slice(end).join("")];
  }
  const at = quote ? text.indexOf(quote) : -1;
  if (at < 0) return null;
  return [text.slice(0, at), quote, text.slice(at + quote.length)];
}

/** The text as nodes with the quotation marked; without a mark where it does not stand. */
export function marked(text, quote, start, end) {
  const parts = splitAround(text, quote, start, end);
  return parts ? [parts[0], el("mark", {}, parts[1]), parts[2]] : [text];
}

const same = (one, other) => one.normalize("NFKC") === other.normalize("NFKC");
