// Whether the picture that was asked about is in the collection.

import { fetchAlignment } from "./api.js";
import { el } from "./dom.js";
import { canLay, overlay } from "./overlay.js";
import { photo } from "./photo.js";
import { language, t } from "./texts.js";

const VERDICTS = new Set(["same_file", "same_shot", "same_place", "none"]);
const EDITS = new Set(["cropped", "framed", "mirrored", "turned", "grey"]);

/**
 * “This picture is in the collection: the same shot, cropped, mirrored.”; nothing without a verdict. Of a
 * `film`, one picture is meant.
 */
export function heldInWords({ picture }, film = false) {
  if (!VERDICTS.has(picture?.verdict)) return "";
  const edits = (Array.isArray(picture.edits) ? picture.edits : []).filter((edit) => EDITS.has(edit));
  const done = edits.map((edit) => t(`held.${edit}`, { degrees: picture.turned }));
  const [comma, stop] = language() === "zh" ? ["，", "。"] : [", ", "."];
  const isHeld = picture.verdict === "same_file" || picture.verdict === "same_shot";
  const it = t(!film ? "held.picture" : isHeld ? "held.frame" : "evidence.film");
  const words = [t(`held.${picture.verdict}`, { it }), ...done].join(comma) + stop;
  return picture.verified ? words : `${words} ${t("held.unverified")}`;
}

/**
 * The verdict, and the picture laid on the photo of the collection. `query.picture` is the address of the
 * picture, if it is still there; `cited` the cited document's photo, `{documentId, photoUrl, blob}`.
 */
export function heldNote(result, query, { open, cited = null }) {
  const words = heldInWords(result, query.film);
  if (!words) return null;
  const { picture } = result;
  const note = el(
    "div",
    { class: "held" },
    el("p", { class: picture.verdict === "none" && "faint" }, words, picture.document_id && [" ", el("button", { type: "button", class: "linklike", onclick: () => open(picture.document_id, null) }, t("held.open"))]),
  );
  if (!query.picture) return note;
  const lay = (alignment, url) => note.append(overlay({ over: { name: t("held.yours"), image: () => el("img", { src: query.picture }) }, under: { name: t("held.theirs"), image: () => photo(url, {}) }, alignment }));
  if (picture.verdict !== "same_file" && canLay(picture.alignment)) lay(picture.alignment, picture.photo_url);
  if (cited && picture.verdict !== "none" && picture.document_id !== cited.documentId) {
    fetchAlignment(cited.photoUrl, cited.blob).then(
      ({ alignment }) => canLay(alignment) && lay(alignment, cited.photoUrl),
      () => {},
    );
  }
  return note;
}
