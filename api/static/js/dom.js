// Makes elements. Data only ever becomes text or an attribute here, never markup, and loses the
// characters that would turn the direction of the text around it.

import { readable, webAddress } from "./guarded.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with attributes, listeners (`onclick: fn`) and children (nodes or text).
 * An attribute or child that is null, undefined or false is left out.
 */
export const el = (tag, attributes, ...children) => build(document.createElement(tag), attributes, children);

/** The same for a part of a drawing. */
export const svg = (tag, attributes, ...children) => build(document.createElementNS(SVG, tag), attributes, children);

function build(element, attributes = {}, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : readable(value));
    }
  }
  const shown = children.flat().filter((child) => child !== null && child !== undefined && child !== false);
  element.append(...shown.map((child) => (child instanceof Node ? child : readable(child))));
  return element;
}

/** A drawing of icons.svg; it says nothing to a screen reader, the word beside it does. */
export const icon = (name) => svg("svg", { class: `icon icon-${name}`, "aria-hidden": "true" }, svg("use", { href: `/static/icons.svg#${name}` }));

/** A dialog's title and its button to close, `words` naming that. */
export const dialogHead = (dialog, id, title, words) =>
  el("header", { class: "document-head" }, el("h2", { id }, title), el("button", { type: "button", class: "round", "aria-label": words, onclick: () => dialog.close() }, icon("close")));

/** A link that leaves the page and gives nothing away; none where the address is not of the web. */
export const linkOut = (url, words) =>
  webAddress(url) && el("a", { href: webAddress(url), target: "_blank", rel: "noopener noreferrer" }, words, icon("out"));

export const byId = (id) => document.getElementById(id);

/** Scrolls `element` to the top of the window, at once for those who asked for less motion. */
export function bringIntoView(element) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "start", behavior: calm ? "instant" : "smooth" });
}
