// A link to a result, and what such a link says. Copies to the clipboard.
//
// The link carries the question and the cited words with their document: no verdict, no photo. It lies
// in the address's fragment, which browsers never send. Anybody can write one, so the quotation is shown
// only where it stands in the document, and whatever else a link says is not read.

import { ApiError, fetchDocument } from "./api.js";
import { readable, titleOf } from "./guarded.js";
import { inWords, onPage } from "./picture.js";
import { splitAround } from "./quote.js";

const QUESTION_MOST = 1000;

/** The address of a result; of an abstention, that of its question alone. */
export function linkTo(question, { answer }) {
  const parts = new URLSearchParams();
  if (question) parts.set("q", question);
  if (answer.source) {
    const { document_id: documentId, start, end, quote } = answer.source;
    parts.set("document", documentId);
    parts.set("span", `${start}-${end}`);
    parts.set("quote", quote);
  }
  return `${location.origin}/#${parts}`;
}

/** What the address says: `{question, shared}`, or null where it says nothing. */
export function readLink(hash) {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const documentId = parts.get("document");
  if (!parts.has("q") && !documentId) return null;
  const [start, end] = (parts.get("span") ?? "").split("-").map(Number);
  const shared = documentId && { documentId, span: { quote: parts.get("quote") ?? "", start, end } };
  return { question: readable(parts.get("q") ?? "").slice(0, QUESTION_MOST), shared };
}

/** The shared quotation as a result without a verdict, once it was found in its document. */
export async function openShared({ documentId, span }) {
  const found = await fetchDocument(documentId);
  const parts = typeof found.text === "string" && splitAround(found.text, span.quote, span.start, span.end);
  if (!parts || !parts[1].trim()) throw new ApiError("shared");
  const start = Array.from(parts[0]).length;
  const page = found.pages?.find((each) => each.start <= start && start < each.end)?.page ?? null;
  const source = { page, document_id: documentId, title: found.title, citation: found.citation, url: found.url, language: found.language, quote: parts[1], start, end: start + Array.from(parts[1]).length };
  const answer = {
    subject: { document_id: documentId, title: titleOf(found.title, documentId) },
    exists: null,
    year: null,
    date: null,
    year_event: null,
    value: null,
    current_use: null,
    text: "",
    source,
    confidence: null,
    abstained: false,
    reason: null,
  };
  return { answer, evidence: [] };
}

/** “quotation” source, page, address: as one puts it under a text. */
export function citationOf(source) {
  const { quote, citation, title, url, picture } = source;
  const read = picture ? ` (${inWords(picture)})` : "";
  return [`“${quote}” ${citation || title}${onPage(source)}${read}`, url].filter(Boolean).join(", ");
}

/** Copies text; resolves to whether that went well. Over plain HTTP there is no clipboard to ask. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
