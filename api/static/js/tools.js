// What can be done with a result: copy it, share it, print it. Draws the buttons.

import { fetchCitation } from "./api.js";
import { el } from "./dom.js";
import { citationOf, copy, linkTo } from "./share.js";
import { t } from "./texts.js";

const SAID_MS = 2000;
const FORMATS = { bibtex: "BibTeX", ris: "RIS", csl: "CSL-JSON", annotation: "JSON-LD" };

/** The row of buttons; `say(words)` tells those who hear the page what was done. */
export function toolsRow(question, result, say) {
  const { source } = result.answer;
  return el(
    "div",
    { class: "tools", role: "group", "aria-label": t("tools.label") },
    source && copier(t("tools.citation"), () => citationOf(source), say),
    source && formats(source, say),
    copier(t("tools.json"), () => JSON.stringify(result, null, 2), say),
    (source || question) && copier(t("tools.link"), () => linkTo(question, result), say),
    el("button", { type: "button", class: "tool", onclick: () => print() }, t("tools.print")),
  );
}

/** The citation in the forms that other programs take, one click further. */
function formats(source, say) {
  const copiers = Object.entries(FORMATS).map(([format, name]) => copier(name, () => fetchCitation(source, format), say));
  return el("details", { class: "formats" }, el("summary", { class: "tool" }, t("tools.formats")), ...copiers);
}

function copier(name, textOf, say) {
  const button = el("button", { type: "button", class: "tool" }, name);
  button.addEventListener("click", async () => {
    const words = t((await copied(textOf)) ? "tools.copied" : "tools.notCopied");
    // The button keeps its width, so that its neighbours stay where they are.
    button.style.minWidth = `${button.offsetWidth}px`;
    button.textContent = words;
    say(words);
    setTimeout(() => (button.textContent = name), SAID_MS);
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
