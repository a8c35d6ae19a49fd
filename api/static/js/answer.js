// The answer as a card: verdict first, then the words it was read from, then the subject's story.

import { el, icon, linkOut } from "./dom.js";
import { quoted, thumbnail } from "./evidence.js";
import { fixed, languageInWords, languageTag, titleOf } from "./guarded.js";
import { map } from "./map.js";
import { onPage, readFromPicture } from "./picture.js";
import { timeline } from "./timeline.js";
import { language as pageLanguage, t } from "./texts.js";
import { confidenceInWords, isYearAlone, languageAsked, languageOf, primaryOf, secondsInWords, widthOf, yearInWords } from "./words.js";

// Enough around the quotation to understand it; on a phone it has to stay in sight.
const ROOM = 220;

// In letters: from where on a value is set smaller, and from where on it is no few words any more.
const VALUE_LONG = 30;
const VALUE_MOST = 160;

/**
 * `passage` is the text around the quotation (`{text, start}` and a language if known, or null),
 * `turned` what is to be said of the photo: as elements, or null,
 * `found` the document that is cited, `tools` what can be done with the answer, as an element.
 * `question` is what was asked: a quotation in another language is marked.
 */
export function answerCard({ result, question, passage, group, found, turned, tools, open }) {
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
        addsText(answer) && el("p", { class: leadsWithText(answer) ? "answer-text lead" : "answer-text" }, answer.text),
        addsUse(answer) && el("p", { class: "answer-use" }, el("span", { class: "faint" }, t("answer.use")), " ", answer.current_use),
      ),
      group?.photoUrl && el("button", { type: "button", class: "answer-photo", "aria-label": t("answer.open", group), onclick: openSource }, thumbnail(group)),
    ),
    turned,
    answer.source && quotation(answer.source, passage, question),
    ...(answer.conflicts ?? []).map((conflict) => contradiction(conflict, question, open)),
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
  const facts = [leadsWithText(answer) ? null : statusWord(answer), factLine(answer), addsText(answer) && answer.text];
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
// Where the subject's end was asked for, its date stands below the mark.
const datesEnd = (answer) => answer.exists !== null && answer.year_event === "demolished" && isDate(answer);
const leadsWithValue = (answer) => valueOf(answer) !== null && !datesEnd(answer);
const isDate = (answer) => answer.year === null ? Boolean(answer.date) : valueOf(answer)?.includes(Math.abs(answer.year));
const leadsWithMark = (answer) => answer.exists !== null && !leadsWithYear(answer) && !leadsWithValue(answer) && !answer.current_use;
const leadsWithText = (answer) => answer.year === null && !leadsWithMark(answer) && !leadsWithValue(answer);
const withoutStop = (words) => words?.replace(/[.。]$/, "");
const addsText = ({ text, value }) => text && withoutStop(text) !== withoutStop(value);
const addsUse = ({ current_use: use, text, value }) => use && use !== value && !text.includes(use);

/** The answer in the source's own words, or null where it is a statement, too long, or the year alone. */
function valueOf({ value, year }) {
  if (typeof value !== "string" || isYearAlone(value, year)) return null;
  const shown = titleOf(value);
  return widthOf(shown) <= VALUE_MOST ? shown : null;
}

function verdict(answer) {
  if (leadsWithMark(answer)) {
    return [
      el("p", { class: "verdict" }, icon(status(answer)), el("strong", {}, statusWord(answer))),
      answer.year !== null && el("p", { class: "verdict-more" }, ...yearNodes(answer)),
    ];
  }
  if (leadsWithValue(answer)) {
    const isLong = widthOf(valueOf(answer)) > VALUE_LONG;
    return [
      el("p", { class: isLong ? "value is-long" : "value" }, ...yearNodes(answer)),
      answer.exists !== null && el("p", { class: "pill" }, icon(status(answer)), statusWord(answer)),
    ];
  }
  return [
    answer.year !== null && el("p", { class: "year" }, ...yearNodes(answer)),
    answer.exists !== null && el("p", { class: "pill" }, icon(status(answer)), statusWord(answer)),
  ];
}

/** The value or else the year, and what happened then. */
function yearNodes(answer) {
  const value = valueOf(answer);
  const event = eventOf(answer);
  const said = value === null ? el("strong", {}, yearInWords(answer.year)) : el("strong", { lang: languageOf({ text: value, language: answer.source?.language }) }, value);
  return [said, event && " ", event && el("span", {}, event)];
}

/** What happened in the year; beside a value only where that is the date of it. */
function eventOf(answer) {
  if ((answer.year === null && !answer.date) || !answer.year_event) return null;
  const isSaid = valueOf(answer) === null || (isDate(answer) && answer.year_event !== "other");
  return isSaid ? t(`event.${answer.year_event}`) : null;
}

function factLine(answer) {
  const said = valueOf(answer) ?? (answer.year === null ? null : yearInWords(answer.year));
  return [said, eventOf(answer)].filter(Boolean).join(" ");
}

function quotation(source, passage, question) {
  const lang = languageOf({ text: source.quote, language: source.language ?? passage?.language });
  return el(
    "figure",
    { class: "quotation" },
    el("blockquote", { cite: source.url, lang }, passage ? quoted(passage, source, ROOM) : el("mark", {}, source.quote)),
    source.picture && readFromPicture(source.picture),
    el(
      "figcaption",
      {},
      el("span", {}, el("cite", {}, source.citation || source.title), onPage(source), inLanguage(source, question)),
      linkOut(source.url, t("answer.source")),
    ),
  );
}

/** “ (in Chinese)” where a quotation is in another language than the question. */
function inLanguage({ language }, question) {
  const known = languageTag(language);
  if (!known || primaryOf(known) === primaryOf(languageAsked(question))) return null;
  return el("span", { class: "quote-language" }, " ", t("quote.language", { language: languageInWords(known, pageLanguage()) }));
}

/** A source that says otherwise: what it says, its words, and the way to its document. */
function contradiction(conflict, question, open) {
  const says = conflict.year === null ? t(conflict.exists ? "conflict.standing" : "conflict.gone") : t("conflict.year", { year: yearInWords(conflict.year) });
  return el(
    "aside",
    { class: "contradiction" },
    el("p", {}, says),
    el("button", { type: "button", class: "linklike", title: t("answer.open", conflict), onclick: () => open(conflict.document_id, conflict) }, el("q", { lang: languageOf({ text: conflict.quote, language: conflict.language }) }, conflict.quote)),
    el("span", {}, el("cite", {}, conflict.citation || conflict.title), onPage(conflict), inLanguage(conflict, question)),
    conflict.picture && readFromPicture(conflict.picture),
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

/** A bar of a share from 0 to 1; the number beside it says it. */
export function meter(value) {
  const bar = el("span", { class: "meter", "aria-hidden": true }, el("span"));
  bar.firstChild.style.width = `${Math.round(value * 100)}%`;
  return bar;
}
