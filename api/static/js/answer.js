// The answer as a card: verdict first, then the words it was read from, then the subject's story.

import { el, icon, linkOut } from "./dom.js";
import { quoted, thumbnail } from "./evidence.js";
import { fixed, titleOf } from "./guarded.js";
import { map } from "./map.js";
import { timeline } from "./timeline.js";
import { t } from "./texts.js";
import { confidenceInWords, languageOf, secondsInWords, yearInWords } from "./words.js";

// Enough around the quotation to understand it; on a phone it has to stay in sight.
const ROOM = 220;

/**
 * `passage` is the text around the quotation (`{text, start}` and a language if known, or null),
 * `found` the document that is cited, `tools` what can be done with the answer, as an element.
 */
export function answerCard({ result, passage, group, found, tools, open }) {
  const { answer } = result;
  const openSource = () => open(answer.source.document_id, answer.source);
  return el(
    "article",
    { class: `answer is-${status(answer)}` },
    el(
      "div",
      { class: "answer-head" },
      el(
        "div",
        { class: "answer-words" },
        answer.subject && subjectLine(answer.subject, () => open(answer.subject.document_id, answer.source)),
        ...verdict(answer),
        answer.text && el("p", { class: leadsWithText(answer) ? "answer-text lead" : "answer-text" }, answer.text),
        addsUse(answer) && el("p", { class: "answer-use" }, el("span", { class: "faint" }, t("answer.use")), " ", answer.current_use),
      ),
      group?.photoUrl && el("button", { type: "button", class: "answer-photo", "aria-label": t("answer.open", group), onclick: openSource }, thumbnail(group)),
    ),
    answer.source && quotation(answer.source, passage),
    ...(answer.conflicts ?? []).map((conflict) => contradiction(conflict, open)),
    found && story(found, open),
    el("footer", { class: "answer-foot" }, footnote(result), background(result), tools),
  );
}

/** How the answer came about: a remark or another spelling, what a model thought before. */
export function background({ answer: { note, reasoning }, did_you_mean: meant }) {
  return [
    note && el("p", { class: "faint" }, note),
    !note && meant && el("p", { class: "faint" }, t("answer.didYouMean", { question: meant })),
    reasoning && el("details", { class: "reasoning" }, el("summary", {}, t("answer.reasoning")), el("p", {}, reasoning)),
  ];
}

/** The subject's dated events and where it is, as far as its document and its photos tell. */
function story(found, open) {
  const parts = [timeline(found, (span) => open(found.document_id, span)), map(found.photos)].filter(Boolean);
  return parts.length > 0 && el("div", { class: "stories" }, parts);
}

/** What a screen reader is told when the answer arrives. */
export function answerInWords(answer) {
  const facts = [leadsWithText(answer) ? null : statusWord(answer), yearLine(answer), answer.text];
  return [answer.subject && titleOf(answer.subject.title, answer.subject.document_id), ...facts].filter(Boolean).join(". ");
}

/** The subject's name; it opens its document. */
export function subjectLine(subject, open) {
  const named = { title: titleOf(subject.title, subject.document_id) };
  return el("h2", { class: "subject" }, el("button", { type: "button", class: "linklike", title: t("answer.open", named), onclick: open }, named.title));
}

const status = ({ exists }) => (exists === null ? "unknown" : exists ? "standing" : "gone");
const statusWord = (answer) => (answer.exists === null ? null : t(`answer.${status(answer)}`));

// A year that is not the end of the subject was asked for as such, so it comes first.
const leadsWithYear = ({ year, year_event: event }) => year !== null && event !== "demolished";
const leadsWithMark = (answer) => answer.exists !== null && !leadsWithYear(answer) && !answer.current_use;
const leadsWithText = (answer) => answer.year === null && !leadsWithMark(answer);
const addsUse = ({ current_use: use, text }) => use && !text.includes(use);

function verdict(answer) {
  if (leadsWithMark(answer)) {
    return [
      el("p", { class: "verdict" }, icon(status(answer)), el("strong", {}, statusWord(answer))),
      answer.year !== null && el("p", { class: "verdict-more" }, ...yearNodes(answer)),
    ];
  }
  return [
    answer.year !== null && el("p", { class: "year" }, ...yearNodes(answer)),
    answer.exists !== null && el("p", { class: "pill" }, icon(status(answer)), statusWord(answer)),
  ];
}

function yearNodes(answer) {
  const event = answer.year_event && t(`event.${answer.year_event}`);
  return [el("strong", {}, yearInWords(answer.year)), event && " ", event && el("span", {}, event)];
}

const yearLine = (answer) =>
  answer.year === null ? null : [yearInWords(answer.year), answer.year_event && t(`event.${answer.year_event}`)].filter(Boolean).join(" ");

function quotation(source, passage) {
  return el(
    "figure",
    { class: "quotation" },
    el("blockquote", { cite: source.url, lang: languageOf(passage ?? { text: source.quote }) }, passage ? quoted(passage, source, ROOM) : el("mark", {}, source.quote)),
    el(
      "figcaption",
      {},
      el("cite", {}, source.citation || source.title),
      linkOut(source.url, t("answer.source")),
    ),
  );
}

/** A source that says otherwise: what it says, its words, and the way to its document. */
function contradiction(conflict, open) {
  const says = conflict.year === null ? t(conflict.exists ? "conflict.standing" : "conflict.gone") : t("conflict.year", { year: yearInWords(conflict.year) });
  return el(
    "aside",
    { class: "contradiction" },
    el("p", {}, says),
    el("button", { type: "button", class: "linklike", title: t("answer.open", conflict), onclick: () => open(conflict.document_id, conflict) }, el("q", { lang: languageOf({ text: conflict.quote }) }, conflict.quote)),
    el("cite", {}, conflict.citation || conflict.title),
  );
}

/** How sure, how long, by what: small print that an abstention shares. */
export function footnote({ answer, timings, models }) {
  return el(
    "p",
    { class: "footnote" },
    answer.confidence === null && el("span", {}, t("share.checked")),
    !answer.abstained && answer.confidence !== null && confidence(answer.confidence),
    timings?.total !== undefined && el("span", { title: models && t("answer.models", models) }, t("answer.took", { seconds: secondsInWords(timings.total) })),
  );
}

function confidence(surety) {
  const value = fixed(surety, 2);
  return el("span", { class: "confidence", title: t("confidence.value", { value }) }, meter(surety), confidenceInWords(surety), el("span", { class: "unseen" }, ` (${value})`));
}

function meter(value) {
  const bar = el("span", { class: "meter", "aria-hidden": true }, el("span"));
  bar.firstChild.style.width = `${Math.round(value * 100)}%`;
  return bar;
}
