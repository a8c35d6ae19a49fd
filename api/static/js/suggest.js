// The example questions below the question box. With a photo they are about what it shows; without
// one they are made from what is indexed, and follow what is typed.

import { fetchSuggestions } from "./api.js";
import { el } from "./dom.js";
import { drawn, titleOf } from "./guarded.js";
import { language, t } from "./texts.js";

const ABOUT_A_PHOTO = ["chip.exists", "chip.built", "chip.demolished", "chip.use"];
const AFTER_TYPING_MS = 180;

/** Examples drawn into `group`; `onPick(question, needsPhoto)` when one is chosen. `draw` draws what fits now. */
export function createSuggestions(group, { hasPhoto, typed, onPick }) {
  let latest = 0;
  let timer;

  async function draw() {
    const mine = ++latest;
    const indexed = hasPhoto() ? [] : await fromCorpus();
    if (mine !== latest) return;
    if (indexed.length) show(indexed, false);
    else show(ABOUT_A_PHOTO.map((key) => t(key)), true);
  }

  async function fromCorpus() {
    try {
      const found = await fetchSuggestions(typed(), language());
      return drawn(found, ({ kind, name }) => t(`suggest.${kind}`, { name: titleOf(name) })).filter(Boolean);
    } catch {
      return []; // The general examples will do.
    }
  }

  function show(questions, needPhoto) {
    group.replaceChildren(...questions.map((words) => el("button", { type: "button", class: "chip", onclick: () => onPick(words, needPhoto) }, words)));
  }

  return {
    draw,
    afterTyping() {
      clearTimeout(timer);
      timer = setTimeout(draw, AFTER_TYPING_MS);
    },
  };
}
