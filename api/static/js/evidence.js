// The evidence of a result: grouped by document, told in words, drawn as cards.

import { fetchDocument } from "./api.js";
import { el, icon } from "./dom.js";
import { drawn, titleOf } from "./guarded.js";
import { withMatches } from "./matches.js";
import { photo } from "./photo.js";
import { framed, inWords, onPage } from "./picture.js";
import { marked } from "./quote.js";
import { count, t } from "./texts.js";
import { turnedClass, turnedImage } from "./turned.js";
import { languageOf, sceneInWords, scoresInWords } from "./words.js";

// A card shows a few lines only, so that what is cited has to stand near its start.
const ROOM = 28;

/**
 * Evidence by document, in the order of the best item of each:
 * `[{documentId, title, photoUrl, passages, photos, scores}]`, a score being the best of its name.
 */
export function groupByDocument(evidence) {
  const groups = new Map();
  for (const item of [...evidence].sort((one, other) => one.rank - other.rank)) {
    const id = item.document_id;
    if (!groups.has(id)) {
      groups.set(id, { documentId: id, title: titleOf(item.title, id), photoUrl: null, passages: [], photos: [], scores: {} });
    }
    const group = groups.get(id);
    group[item.kind === "photo" ? "photos" : "passages"].push(item);
    if (item.photo_url) setPhoto(group, item);
    for (const [name, value] of Object.entries(item.scores ?? {})) {
      group.scores[name] = Math.max(value, group.scores[name] ?? -Infinity);
    }
  }
  return [...groups.values()];
}

/** Gives a group without a photo that of an item or a document. */
export function setPhoto(group, { photo_url: url, turned }) {
  if (!group.photoUrl) Object.assign(group, { photoUrl: url, photoTurned: turned });
}

/** “12 passages, 5 photos of 4 subjects” as the values of the text `abstain.looked`. */
export function tally(groups) {
  const total = (kind) => groups.reduce((sum, group) => sum + group[kind].length, 0);
  return {
    passages: count("count.passages", total("passages")),
    photos: count("count.photos", total("photos")),
    subjects: count("count.subjects", groups.length),
  };
}

/** A picture of the document, or a drawn page where it has none; its room is kept from the start. */
export function thumbnail(group) {
  const frame = el("span", { class: "thumb" });
  const show = (url, turned) => frame.replaceChildren(photo(url, { alt: "", loading: "lazy", class: turnedClass(turned) }));
  if (group.photoUrl) {
    show(group.photoUrl, group.photoTurned);
    return frame;
  }
  frame.append(icon("page"));
  fetchDocument(group.documentId).then(
    ({ photos }) => photos.length && show(photos[0].photo_url, photos[0].turned),
    () => {}, // The drawn page stays: a missing thumbnail is no reason to trouble anybody.
  );
  return frame;
}

/**
 * All cards. `query` is what was asked: `{question, thumb, turned}`. `source` is what the answer cites;
 * `folded` hides the cards behind their title. `open(documentId, span)` shows a document.
 */
export function evidenceSection(groups, { query, source = null, folded = false, open }) {
  const best = bestOf(groups);
  const cards = el("ul", { class: "cards" }, drawn(groups, (group) => el("li", {}, card(group, { query, source, best, open }))));
  const title = el("h2", { class: "small-title", id: "evidence-title" }, t("evidence.title"));
  return el(
    "section",
    { class: "evidence", "aria-labelledby": "evidence-title" },
    folded ? el("details", {}, el("summary", {}, title), cards) : [title, cards],
  );
}

function card(group, { query, source, best, open }) {
  const cited = source?.document_id === group.documentId;
  const passage = (cited && group.passages.find((item) => holds(item, source))) || group.passages[0];
  const span = cited ? source : passage && { quote: passage.text, start: passage.start, end: passage.end };
  return el(
    "article",
    { class: "card" },
    el("div", { class: "pair" }, isByPhoto(group, query) && queryThumb(query), passage?.picture ? el("span", { class: "thumb" }, framed(passage.picture)) : thumbnail(group)),
    el(
      "div",
      { class: "card-words" },
      el(
        "h3",
        {},
        el("button", { type: "button", class: "card-open", title: t("evidence.open"), onclick: () => open(group.documentId, span) }, group.title),
        cited && el("span", { class: "cited" }, t("evidence.cited")),
      ),
      placed(passage, group.photos[0]),
      el("ul", { class: "scores" }, scoresInWords(group.scores, best).map(({ label, help }) => el("li", { title: help }, label))),
    ),
    passage
      ? el("p", { class: "card-text", lang: languageOf(passage) }, cited ? quoted(passage, source, ROOM) : withMatches(passage.text, query.question))
      : el("p", { class: "card-text faint" }, t("evidence.noText")),
  );
}

/** “p. 3 · Read from the picture · Scene at 1:05” */
function placed(passage, found) {
  const words = [passage && onPage(passage).replace(/^[,，]\s*/, ""), passage?.picture && inWords(passage.picture), found && sceneInWords(found)].filter(Boolean);
  return words.length > 0 && el("p", { class: "card-place" }, words.join(" · "));
}

/** The highest score of each name, where there is more than one group to be higher than. */
function bestOf(groups) {
  const best = {};
  if (groups.length < 2) return best;
  for (const { scores } of groups) {
    for (const [name, value] of Object.entries(scores)) best[name] = Math.max(value, best[name] ?? -Infinity);
  }
  return best;
}

const isByPhoto = ({ scores }, { thumb }) => thumb && "image" in scores;

const queryThumb = ({ thumb, film, turned }) => el("span", { class: "thumb" }, turnedImage(thumb, turned, t(film ? "evidence.film" : "evidence.yours")));

/** Whether the passage item holds the cited span; both count code points of the document's text. */
export const holds = (item, { document_id: documentId, start, end }) =>
  item.kind === "passage" && item.document_id === documentId && item.start <= start && end <= item.end;

/** The passage's text around the cited words as nodes, those marked; `room` as for `marked`. */
export const quoted = (item, { quote, start, end }, room) => marked(item.text, quote, start - item.start, end - item.start, room);
