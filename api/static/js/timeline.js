// A subject's dated events as a line: drawn through where it existed, dashed where it did not.

import { el } from "./dom.js";
import { drawn, languageTag } from "./guarded.js";
import { slice } from "./quote.js";
import { t } from "./texts.js";
import { dateInWords } from "./words.js";

const ENDS = new Set(["demolished", "burnt", "destroyed", "scrapped", "lost", "died", "ended"]);
const HARMS = new Set([...ENDS, "damaged"]);

/** The events of a document, each opening its sentence by `open(span)`; null where it dates none. */
export function timeline({ text, events, language }, open) {
  if (!events.length) return null;
  let stands = false;
  const items = drawn(events, (each) => {
    if (each.event !== "begun" && each.event !== "damaged") stands = !ENDS.has(each.event);
    const quote = slice(text, each.start, each.end);
    return el(
      "li",
      { class: `event ${HARMS.has(each.event) ? "is-harm" : ""} ${stands ? "" : "is-away"}` },
      el(
        "button",
        { type: "button", title: quote, onclick: () => open({ quote, start: each.start, end: each.end }) },
        el("strong", {}, dateInWords(each.year, each.date)),
        el("span", {}, t(`happened.${each.event}`)),
        el("span", { class: "unseen", lang: languageTag(language) }, quote),
      ),
    );
  });
  return el("section", { class: "story", "aria-label": t("timeline.title") }, el("ol", { class: "timeline" }, items));
}
