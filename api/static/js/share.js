// A link to a result that holds no photo, and what such a link says. Copies to the clipboard.
//
// The link lies in the address's fragment, which browsers never send. Whoever opens it sees the
// quotation only where it stands in the document on this server: a link cannot make one up.

import { ApiError, fetchDocument } from "./api.js";
import { splitAround } from "./quote.js";

const EVENTS = new Set(["built", "demolished", "other"]);

/** The address of a result; of an abstention, that of its question alone. */
export function linkTo(question, { answer }) {
  const parts = new URLSearchParams();
  if (question) parts.set("q", question);
  if (answer.source) {
    const { document_id: documentId, start, end, quote } = answer.source;
    parts.set("document", documentId);
    parts.set("span", `${start}-${end}`);
    parts.set("quote", quote);
    if (answer.exists !== null) parts.set("exists", answer.exists ? "yes" : "no");
    if (answer.year !== null) parts.set("year", answer.year);
    if (answer.year_event) parts.set("event", answer.year_event);
  }
  return `${location.origin}/#${parts}`;
}

/** What the address says: `{question, shared}`, or null where it says nothing. */
export function readLink(hash) {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const documentId = parts.get("document");
  if (!parts.has("q") && !documentId) return null;
  const [start, end] = (parts.get("span") ?? "").split("-").map(Number);
  const year = parts.has("year") && /^-?\d{1,4}$/.test(parts.get("year")) ? Number(parts.get("year")) : null;
  const shared = documentId && {
    documentId,
    span: { quote: parts.get("quote") ?? "", start, end },
    exists: { yes: true, no: false }[parts.get("exists")] ?? null,
    year,
    event: EVENTS.has(parts.get("event")) ? parts.get("event") : null,
  };
  return { question: parts.get("q") ?? "", shared };
}

/** The shared answer as a result, its document being asked of the server and the quotation checked. */
export async function openShared({ documentId, span, exists, year, event }) {
  const found = await fetchDocument(documentId);
  const parts = splitAround(found.text, span.quote, span.start, span.end);
  if (!parts) throw new ApiError("shared");
  const start = Array.from(parts[0]).length;
  const source = { document_id: documentId, title: found.title, citation: found.citation, url: found.url, quote: parts[1], start, end: start + Array.from(parts[1]).length };
  const isQuoted = year !== null && span.quote.includes(String(Math.abs(year)));
  const answer = {
    subject: { document_id: documentId, title: found.title },
    exists,
    year: isQuoted ? year : null,
    year_event: isQuoted ? event : null,
    current_use: null,
    text: "",
    source,
    confidence: null,
    abstained: false,
    reason: null,
  };
  return { answer, evidence: [] };
}

/** “quotation” source, address: as one puts it under a text. */
export function citationOf({ quote, citation, title, url }) {
  return [`“${quote}” ${citation || title}`, url].filter(Boolean).join(", ");
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
