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

/**
 * The text as nodes with the quotation marked; without a mark where it does not stand. With `room`
 * only about so many characters before and after the mark are kept, and nothing of other paragraphs.
 */
export function marked(text, quote, start, end, room = Infinity) {
  const parts = splitAround(text, quote, start, end);
  if (!parts) return [text];
  const [before, quoted, after] = parts;
  return [room < Infinity ? lastOf(before, room) : before, el("mark", {}, quoted), room < Infinity ? firstOf(after, room) : after];
}

const SENTENCE_END = /[.!?]["”’)]*(?=\s|$)|[。！？]["”』」）]*/gu;

/** The end of `text`: its last paragraph, and of a long one its last sentences or words. */
export function lastOf(text, room) {
  const paragraph = text.slice(text.lastIndexOf("\n\n") + 1).replace(/^\n/, "");
  const points = Array.from(paragraph);
  if (points.length <= room) return paragraph;
  const tail = points.slice(-room).join("");
  const [end] = sentenceEnds(tail).filter((at) => tail.slice(at).trim());
  return `… ${end ? tail.slice(end).trimStart() : tail.replace(/^\S*\s+(?=\S)/, "")}`;
}

/** The start of `text`: its first paragraph, and of a long one its first sentences or words. */
export function firstOf(text, room) {
  const [paragraph] = text.split("\n\n", 1);
  const points = Array.from(paragraph);
  if (points.length <= room) return paragraph;
  const head = points.slice(0, room).join("");
  const end = sentenceEnds(head).filter((at) => head.slice(0, at).trim()).at(-1);
  return `${end ? head.slice(0, end) : head.replace(/\s+\S*$/, "")} …`;
}

const sentenceEnds = (text) => [...text.matchAll(SENTENCE_END)].map((match) => match.index + match[0].length);

const same = (one, other) => one.normalize("NFKC") === other.normalize("NFKC");
