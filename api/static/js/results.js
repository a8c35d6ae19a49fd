// The section of results: what it shows now, and how to draw that again in another language.

import { abstentionCard, busyCard, errorCard, errorInWords, reasonInWords, verdictOf } from "./abstention.js";
import { answerCard, answerInWords } from "./answer.js";
import { fetchDocument } from "./api.js";
import { bringIntoView } from "./dom.js";
import { evidenceSection, groupByDocument, holds, setPhoto } from "./evidence.js";
import { titleOf } from "./guarded.js";
import { heldInWords, heldNote } from "./held.js";
import { slice } from "./quote.js";
import { t } from "./texts.js";
import { correctionForm } from "./correct.js";
import { toolsRow } from "./tools.js";
import { turnedInWords, turnedNote, turnsOf } from "./turned.js";

const AROUND = 160;

/**
 * Results drawn into `section`; `say(words)` is for those who hear the page, `choose(documentId)` asks
 * again about one of the subjects that a refusal names.
 */
export function createResults(section, { open, say, choose }) {
  let draw = () => [];

  function show(next) {
    draw = next;
    redraw();
    const { top } = section.getBoundingClientRect();
    if (top < 0 || top > innerHeight * 0.6) bringIntoView(section);
  }

  const redraw = () => section.replaceChildren(...draw().filter(Boolean));

  /** Work in progress; the returned `tell(key, values)` says what is happening, `found` the evidence. */
  function waiting(query, onCancel) {
    const busy = busyCard("busy.prepare", onCancel);
    let cards = null;
    show(() => [busy.element, cards]);
    const tell = (key, values) => {
      busy.say(key, values);
      say(t(key, values));
    };
    return {
      tell,
      found({ evidence, ...given }) {
        const groups = groupByDocument(evidence);
        if (!groups.length) return;
        cards = evidenceSection(groups, { query: { ...query, turned: turnsOf(given)[0] }, open });
        redraw();
        tell(groups.length > 1 ? "busy.readMore" : "busy.read", { title: groups[0].title, n: groups.length - 1 });
      },
    };
  }

  /** An answer or an abstention, once what it needs besides was fetched; `isOff()` when to drop it. */
  async function result(query, given, isOff = () => false) {
    const groups = groupByDocument(given.evidence);
    const { answer } = given;
    const found = answer.source && (await fetchDocument(answer.source.document_id).catch(() => null));
    if (isOff()) return;
    const group = groups.find(({ documentId }) => documentId === answer.source?.document_id) ?? (found && groupOf(found));
    if (group && found?.photos.length) setPhoto(group, found.photos[0]);
    const passage = answer.source && passageOf(given, found);
    show(() => {
      const { subject } = given.answer;
      const tools = [toolsRow(query.question, given, say), subject && correctionForm(subject, say)];
      const cited = query.blob && group?.photoUrl ? { documentId: group.documentId, photoUrl: group.photoUrl, blob: query.blob } : null;
      const turned = [turnedNote(given, query), heldNote(given, query, { open, cited })];
      const asked = { ...query, turned: turnsOf(given)[0] };
      const card = answer.abstained ? abstentionCard({ result: given, query: asked, groups, turned, tools, open, choose }) : answerCard({ result: given, question: query.question, passage, group, found, turned, tools, open });
      return [card, groups.length > 0 && evidenceSection(groups, { query: asked, source: answer.source, folded: answer.abstained, open })];
    });
    const said = answer.abstained ? `${t(verdictOf(answer))}. ${reasonInWords(given)}` : answerInWords(answer);
    say([said, ...turnedInWords(given, query.film), heldInWords(given, query.film)].join(" "));
  }

  function error(problem, retry) {
    show(() => [errorCard(problem, retry)]);
    const { title, advice } = errorInWords(problem);
    say(`${title}. ${advice}`);
  }

  function clear() {
    draw = () => [];
    redraw();
    say("");
  }

  return { waiting, result, error, clear, redraw, isEmpty: () => !section.childElementCount };
}

/** The passage around the quotation: from the evidence, else cut out of the document; else null. */
function passageOf({ answer: { source }, evidence }, found) {
  const item = evidence.find((each) => holds(each, source));
  if (item || !found) return item ?? null;
  const begin = Math.max(0, source.start - AROUND);
  return { text: slice(found.text, begin, source.end + AROUND), start: begin, language: found.language };
}

const groupOf = ({ document_id: documentId, title }) => ({ documentId, title: titleOf(title, documentId), photoUrl: null });
