// Talks to the server. What goes wrong becomes an ApiError; nothing here touches the page.

import { documentPath } from "./guarded.js";
import { currentKey, keyHeaders, otherKey } from "./key.js";
import { eventsOf } from "./stream.js";

/** `kind` names the texts `error.<kind>.title` and `.advice`; `detail` is the server's own sentence. */
export class ApiError extends Error {
  constructor(kind, { status = 0, detail = "", request = "" } = {}) {
    super(detail || kind);
    this.kind = kind;
    this.status = status;
    this.detail = detail;
    this.request = request;
  }
}

/**
 * Asks about photos (`[{blob, name}]`) or a region of one, and a question, with `documentId` about that
 * document; resolves to the whole answer document. `onEvidence` is given what was found, as `/v1/search`
 * gives it, as soon as it is; `onLocked` is called when a key is needed first.
 */
export async function ask({ photos, region, question, dated, documentId, language, signal, onEvidence, onLocked }) {
  const form = new FormData();
  for (const { blob, name } of photos) form.append("photo", blob, name);
  form.append("question", question);
  if (region) form.append("region", region);
  const filters = { ...(dated && { date: dated }), ...(documentId && { document_id: documentId }) };
  if (Object.keys(filters).length) form.append("filters", JSON.stringify(filters));
  // With a question the answer speaks the question's language; without one, the page's.
  if (!question) form.append("language", language);
  const response = await request("/v1/ask", { method: "POST", body: form, signal }, "text/event-stream", onLocked);
  const result = {};
  try {
    for await (const { name, data } of eventsOf(response)) {
      if (name === "error") throw errorOf(data.status, data);
      if (name === "done") return result;
      Object.assign(result, data);
      if (name === "evidence") onEvidence(data);
    }
  } catch (error) {
    if (error.name === "AbortError" || error instanceof ApiError) throw error;
  }
  throw new ApiError("network"); // the stream broke off
}

const documents = new Map();

/** One document; asked for once in the life of the page. */
export function fetchDocument(documentId) {
  if (!documents.has(documentId)) {
    const path = documentPath(documentId);
    const found = path ? json(path) : Promise.reject(new ApiError("missing"));
    found.catch(() => documents.delete(documentId));
    documents.set(documentId, found);
  }
  return documents.get(documentId);
}

/** The citation of an answer's source: `format` is csl, ris, bibtex or annotation. */
export async function fetchCitation({ document_id, start, end }, format) {
  return (await request(`/v1/citations?${new URLSearchParams({ document_id, start, end, format })}`, {}, "*/*")).text();
}

/** What is indexed, in numbers. */
export const fetchCorpus = () => json("/v1/corpus");

/** A page of the list of documents: `{total, documents}`. `options`: text, language, offset, limit. */
export const fetchDocuments = (options) => json(`/v1/documents?${new URLSearchParams(options)}`);

/** Questions that the index can answer: `[{kind, name}]`. */
export const fetchSuggestions = async (text, language) => (await json(`/v1/suggestions?${new URLSearchParams({ text, language })}`)).suggestions;

/** How a picture lies on the server's photo at `url`, or one photo of the server on another: `{alignment}`. */
export function fetchAlignment(url, blob) {
  const form = new FormData();
  form.append("photo", blob, "photo");
  return json(`${url}/alignment`, { method: "POST", body: form });
}

export const fetchPhotosAlignment = (photoId, otherId) => json(`/v1/photos/${encodeURIComponent(photoId)}/alignment/${encodeURIComponent(otherId)}`);
/** Proposes a correction of a document; resolves to its id and state. */
export const propose = (correction) => json("/v1/corrections", { method: "POST", body: new Blob([JSON.stringify(correction)], { type: "application/json" }) });

export async function fetchSamples() {
  return (await json("/v1/samples")).samples;
}

export const fetchBlob = async (url) => (await request(url)).blob();

/** The bytes of a photo that the server offers, as a file that can be asked about. */
export async function fetchPhoto(url, name) {
  const blob = await fetchBlob(url);
  return new File([blob], name, { type: blob.type });
}

/** What films can be asked about here: `{most_seconds, most_bytes}`, or null where none can. */
export const fetchFilms = async () => (await json("/health")).films ?? null;

let ready = false;

/** False only while the server says that it is not ready yet; asked until it once was. */
export async function isReady(signal) {
  try {
    ready ||= (await fetch("/ready", { signal, cache: "no-store" })).status !== 503;
    return ready;
  } catch {
    return true;
  }
}

async function json(url, options) {
  const response = await request(url, options);
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("broken", { status: response.status });
  }
}

/** Waits for another key, and asks again, as often as the one that was sent is not accepted. */
async function request(url, options = {}, accept = "application/json, image/*", onLocked = () => {}) {
  const sent = currentKey();
  let response;
  try {
    response = await fetch(url, { ...options, headers: { Accept: accept, ...keyHeaders() } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("network");
  }
  if (response.ok) return response;
  if (response.status === 401) {
    const other = otherKey(sent, options.signal);
    onLocked();
    await other;
    return request(url, options, accept, onLocked);
  }
  const problem = await response.json().catch(() => ({}));
  throw errorOf(response.status, { request_id: response.headers.get("X-Request-ID"), ...problem });
}

/** The error that a problem document tells of. */
function errorOf(status, { detail, request_id: requestId }) {
  return new ApiError(kindOf(status), { status, detail: typeof detail === "string" ? detail : "", request: requestId ?? "" });
}

function kindOf(status) {
  switch (status) {
    case 404:
    case 410:
      return "missing";
    case 413:
      return "large";
    case 415:
      return "type";
    case 429:
      return "busy";
    case 503:
      return "notReady";
    default:
      return status >= 500 ? "broken" : "input";
  }
}
