// What is shown instead of an answer: an abstention, an error, work in progress. Wires no requests.

import { background, footnote, meter, subjectLine } from "./answer.js";
import { el, icon } from "./dom.js";
import { tally, thumbnail } from "./evidence.js";
import { drawn, fixed, titleOf } from "./guarded.js";
import { has, t } from "./texts.js";
import { turnedImage } from "./turned.js";

const NEAREST = 4;

/**
 * A friendly “no answer”: what was looked at, what was missing, and the nearest subjects. Where the
 * answer names what it may be, `choose(documentId)` asks again about one of them.
 */
export function abstentionCard({ result, query, groups, turned, tools, open, choose }) {
  const { answer } = result;
  const candidates = answer.candidates ?? [];
  return el(
    "article",
    { class: "answer is-unknown" },
    answer.subject && subjectLine(answer.subject, () => open(answer.subject.document_id, null)),
    el("p", { class: "verdict" }, icon("unknown"), el("strong", {}, t(verdictOf(answer)))),
    el("p", { class: "answer-text" }, reasonInWords(result)),
    turned,
    candidates.length > 0 && el("ul", { class: "candidates" }, drawn(candidates, (each) => el("li", {}, candidate(each, query, open, choose)))),
    el("p", { class: "faint" }, groups.length ? t("abstain.looked", tally(groups)) : t("abstain.lookedNone"), " ", t(answer.reason === "nothing_similar" ? "abstain.tipPhoto" : "abstain.tipQuestion")),
    !candidates.length && groups.length > 0 && nearest(groups, open),
    el("footer", { class: "answer-foot" }, footnote(result), background(result), tools),
  );
}

/** The key of a refusal's verdict: it asks which one is meant, or says that it does not know. */
export const verdictOf = ({ candidates }) => (candidates?.length ? "answer.unsure" : "answer.unknown");

/** Why there is no answer, in one sentence; a refusal brings its own. */
export function reasonInWords({ answer: { reason, subject, text, candidates }, models }) {
  if (candidates?.length) return text;
  if (reason === "not_in_evidence" && subject) return t("abstain.not_in_evidence_of", { title: titleOf(subject.title, subject.document_id) });
  return t(has(`abstain.${reason}`) ? `abstain.${reason}` : "abstain.other", { reader: models?.reader ?? "" });
}

/** The photo that was asked with and a subject's beside it, how near they are, and a button: this one. */
function candidate({ document_id: documentId, title, photo_url: photoUrl, nearness, how_near: howNear, why, turned: photoTurned }, { thumb, film, turned }, open, choose) {
  const named = titleOf(title, documentId);
  return el(
    "article",
    { class: "candidate" },
    el(
      "div",
      { class: "side-by-side" },
      thumb && el("figure", {}, el("span", { class: "thumb" }, turnedImage(thumb, turned, "")), el("figcaption", {}, t(film ? "evidence.film" : "evidence.yours"))),
      el("figure", {}, thumbnail({ documentId, photoUrl, photoTurned }), thumb && el("figcaption", {}, t("candidate.indexed"))),
    ),
    el("h2", {}, el("button", { type: "button", class: "linklike", title: t("answer.open", { title: named }), onclick: () => open(documentId, null) }, named)),
    el("p", { class: "faint" }, has(`candidate.${why}`) ? [el("span", {}, t(`candidate.${why}`)), " · "] : null, howNear),
    el("p", { class: "confidence faint", title: t("candidate.help") }, meter(nearness), t("candidate.nearness", { value: fixed(nearness, 2) })),
    el("button", { type: "button", class: "quiet", "aria-label": t("candidate.chooseLabel", { title: named }), onclick: () => choose(documentId) }, t("candidate.choose")),
  );
}

function nearest(groups, open) {
  return el(
    "div",
    { class: "nearest" },
    el("h2", { class: "small-title" }, t("abstain.oneOf")),
    el(
      "ul",
      {},
      groups.slice(0, NEAREST).map((group) =>
        el("li", {}, el("button", { type: "button", onclick: () => open(group.documentId, null) }, thumbnail(group), el("span", {}, group.title))),
      ),
    ),
  );
}

/** Work in progress: `element`, and `say(key, values)` to change what it says is happening. */
export function busyCard(key, onCancel) {
  const words = el("p", { class: "busy-words" }, t(key));
  const element = el(
    "article",
    { class: "answer is-busy", "aria-busy": true },
    el("div", { class: "developing", "aria-hidden": true }, icon("unknown"), el("span"), el("span"), el("span")),
    words,
    el("button", { type: "button", class: "quiet", onclick: onCancel }, t("busy.cancel")),
  );
  return { element, say: (next, values) => (words.textContent = t(next, values)) };
}

/** What failed and what to do, from an ApiError; `onRetry` is left out where it makes no sense. */
export function errorCard(error, onRetry) {
  const { title, advice } = errorInWords(error);
  return el(
    "article",
    { class: "answer is-error" },
    el("p", { class: "verdict" }, icon("warning"), el("strong", {}, title)),
    el("p", { class: "answer-text" }, advice),
    error.detail && el("p", { class: "faint" }, t("error.server"), " ", el("span", { lang: "en" }, error.detail)),
    onRetry && el("button", { type: "button", class: "quiet", onclick: onRetry }, t("error.retry")),
  );
}

export function errorInWords({ kind, request }) {
  const nameless = kind === "broken" && !request;
  return { title: t(`error.${kind}.title`), advice: t(`error.${nameless ? "brokenNoId" : kind}.advice`, { request }) };
}
