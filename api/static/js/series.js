// The photos of a document in a row, by date. Each can be laid on the first.

import { fetchPhotosAlignment } from "./api.js";
import { el } from "./dom.js";
import { dateInWords, drawn } from "./guarded.js";
import { canLay, overlay } from "./overlay.js";
import { photo } from "./photo.js";
import { language, t } from "./texts.js";
import { sceneInWords } from "./words.js";

/** `photos` as `/v1/documents` gives them, of the document called `title`. */
export function photoRow(photos, title) {
  const numbered = photos.map((each, at) => ({ ...each, name: t("document.photo", { title, n: at + 1 }), date: dateOf(each) }));
  const dated = numbered.filter(({ date }) => date).sort((one, other) => (one.taken_at < other.taken_at ? -1 : 1));
  const row = [...dated, ...numbered.filter(({ date }) => !date)];
  const stage = el("div", { class: "stage", "aria-live": "polite" });
  const list = el("ul", { class: "document-photos" }, drawn(row, (each, at) => el("li", {}, image(each), caption(each), at > 0 && layButton(each, row[0], stage))));
  return [dated.length > 1 && el("h3", { class: "small-title" }, t("overlay.series")), list, stage];
}

const image = ({ photo_url: url, width, height, name }) => photo(url, { width, height, alt: name });

const caption = (each) => [each.date, sceneInWords(each)].filter(Boolean).map((words) => el("p", { class: "photo-date" }, words));

/** The day on which a photo was taken, in words; nothing where that is not known. */
function dateOf({ taken_at: taken }) {
  const day = /^\d{4}(-\d\d){0,2}/.exec(taken ?? "")?.[0];
  return day ? dateInWords(`${day}T12:00`.replace(/^(\d{4})T.*/, "$1"), language(), { dateStyle: "medium" }) || day : "";
}

function layButton(over, under, stage) {
  const name = under.date || t("overlay.first");
  const button = el("button", { type: "button", class: "quiet" }, t("overlay.compare", { date: name }));
  button.addEventListener("click", async () => {
    button.setAttribute("aria-disabled", "true");
    const { alignment } = await fetchPhotosAlignment(over.photo_id, under.photo_id).catch(() => ({}));
    button.removeAttribute("aria-disabled");
    if (canLay(alignment)) {
      const part = (each) => ({ name: each.date || each.name, image: () => photo(each.photo_url, {}) });
      stage.replaceChildren(overlay({ over: part(over), under: part(under), alignment }));
      stage.querySelector("input").focus();
    } else {
      stage.replaceChildren(el("p", { class: "faint" }, t("overlay.none")));
      button.remove();
    }
  });
  return button;
}
