// The sample photos for those who have none. Asks nothing itself.

import { el } from "./dom.js";
import { drawn } from "./guarded.js";
import { photo } from "./photo.js";
import { language, t } from "./texts.js";

/** Fills `list`; `onPick(sample, question)` when one is chosen. */
export function drawSamples(list, samples, onPick) {
  list.replaceChildren(
    ...drawn(samples, (sample) => {
      const question = sample.questions[language()] ?? Object.values(sample.questions)[0] ?? "";
      return el(
        "li",
        { class: "sample" },
        el(
          "button",
          { type: "button", "aria-label": t("samples.ask", { question }), onclick: () => onPick(sample, question) },
          photo(sample.photo_url, { alt: "", loading: "lazy" }),
          el("span", {}, question),
        ),
        el("small", {}, sample.attribution),
      );
    }),
  );
}
