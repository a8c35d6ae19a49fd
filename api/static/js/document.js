// The dialog that shows one document: its photos, its text, the quoted words in view.

import { fetchDocument } from "./api.js";
import { dialogHead, el, linkOut } from "./dom.js";
import { errorCard } from "./abstention.js";
import { languageTag, titleOf } from "./guarded.js";
import { map } from "./map.js";
import { photoRow } from "./series.js";
import { onPage } from "./picture.js";
import { marked } from "./quote.js";
import { t } from "./texts.js";
import { timeline } from "./timeline.js";

/** Returns `open(documentId, span)`; `span` is `{quote, start, end}` in the document's text, or null. */
export function createDocumentDialog(dialog) {
  dialog.addEventListener("click", (event) => {
    // A click that hits the dialog itself hit its backdrop: all else lies on its children.
    if (event.target === dialog) dialog.close();
  });
  let wanted = null;

  return async function open(documentId, span) {
    wanted = documentId;
    fill(dialog, "", el("p", { class: "faint" }, t("document.loading")));
    if (!dialog.open) dialog.showModal();
    try {
      const found = await fetchDocument(documentId);
      if (wanted !== documentId) return;
      const show = (marking) => {
        fill(dialog, titleOf(found.title, documentId), ...contents(found, marking, show));
        const mark = dialog.querySelector("mark");
        mark?.scrollIntoView({ block: "center" });
        return mark;
      };
      show(span);
    } catch (error) {
      fill(dialog, titleOf(documentId), errorCard(error, () => open(documentId, span)));
    }
  };
}

function fill(dialog, title, ...body) {
  dialog.replaceChildren(
    dialogHead(dialog, "document-title", title, t("document.close")),
    el("div", { class: "document-body", tabindex: "0" }, ...body),
  );
}

/** The dialog's content; `show(span)` draws it anew with other words marked. */
function contents(found, span, show) {
  const { place, aliases, photos, language, text, citation, url, tags, pages } = found;
  const title = titleOf(found.title, found.document_id);
  const turnTo = (sentence) => {
    const mark = show(sentence);
    // What was clicked is drawn anew as well, so that the keyboard goes on from the sentence.
    mark?.setAttribute("tabindex", "-1");
    mark?.focus({ preventScroll: true });
  };
  return [
    place && el("p", { class: "faint" }, place),
    photos.length > 0 && photoRow(photos, title),
    timeline(found, turnTo),
    el("p", { class: "document-text", lang: languageTag(language) }, ...(span ? marked(text, span.quote, span.start, span.end) : [text])),
    map(photos),
    aliases.length > 0 && el("p", { class: "faint" }, `${t("document.alsoKnown")} ${aliases.join(" · ")}`),
    el(
      "p",
      { class: "document-source" },
      el("span", {}, el("cite", {}, citation), span && onPage({ page: pages?.find((each) => each.start <= span.start && span.start < each.end)?.page })),
      linkOut(url, t("answer.source")),
    ),
    tags.length > 0 && el("ul", { class: "scores" }, tags.map((tag) => el("li", {}, tag))),
  ];
}
