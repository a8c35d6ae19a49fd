// What can be done with a result: copy it, share it, print it. Draws the buttons.

import { el } from "./dom.js";
import { citationOf, copy, linkTo } from "./share.js";
import { t } from "./texts.js";

const SAID_MS = 2000;

/** The row of buttons; `say(words)` tells those who hear the page what was done. */
export function toolsRow(question, result, say) {
  const { source } = result.answer;
  return el(
    "div",
    { class: "tools", role: "group", "aria-label": t("tools.label") },
    source && copier("tools.citation", () => citationOf(source), say),
    copier("tools.json", () => JSON.stringify(result, null, 2), say),
    (source || question) && copier("tools.link", () => linkTo(question, result), say),
    el("button", { type: "button", class: "tool", onclick: () => print() }, t("tools.print")),
  );
}

function copier(key, textOf, say) {
  const button = el("button", { type: "button", class: "tool" }, t(key));
  button.addEventListener("click", async () => {
    const words = t((await copy(textOf())) ? "tools.copied" : "tools.notCopied");
    // The button keeps its width, so that its neighbours stay where they are.
    button.style.minWidth = `${button.offsetWidth}px`;
    button.textContent = words;
    say(words);
    setTimeout(() => (button.textContent = t(key)), SAID_MS);
  });
  return button;
}
