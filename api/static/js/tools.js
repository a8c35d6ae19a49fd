// What can be done with a result: copy it, share it, print it. Draws the buttons.

import { fetchCitation } from "./api.js";
import { el } from "./dom.js";
import { citationOf, copy, linkTo } from "./share.js";
import { t } from "./texts.js";

const SAID_MS = 2000;
const FORMATS = ["bibtex", "ris", "csl", "annotation"];

/** The row of buttons; `say(words)` tells those who hear the page what was done. */
export function toolsRow(question, result, say) {
  const { source } = result.answer;
  return el(
    "div",
    { class: "tools", role: "group", "aria-label": t("tools.label") },
    source && copier("tools.citation", () => citationOf(source), say),
    source && formats(source, say),
    copier("tools.json", () => JSON.stringify(result, null, 2), say),
    (source || question) && copier("tools.link", () => linkTo(question, result), say),
    el("button", { type: "button", class: "tool", onclick: () => print() }, t("tools.print")),
  );
}

/** The citation in the forms that other programs take, one click further. */
function formats(source, say) {
  const copiers = FORMATS.map((format) => copier(`tools.${format}`, () => fetchCitation(source, format), say));
  return el("details", { class: "formats" }, el("summary", { class: "tool" }, t("tools.formats")), ...copiers);
}

function copier(key, textOf, say) {
  const button = el("button", { type: "button", class: "tool" }, t(key));
  button.addEventListener("click", async () => {
    const words = t((await copied(textOf)) ? "tools.copied" : "tools.notCopied");
    // The button keeps its width, so that its neighbours stay where they are.
    button.style.minWidth = `${button.offsetWidth}px`;
    button.textContent = words;
    say(words);
    setTimeout(() => (button.textContent = t(key)), SAID_MS);
  });
  return button;
}

async function copied(textOf) {
  try {
    return await copy(await textOf());
  } catch {
    return false; // the server does not answer
  }
}
