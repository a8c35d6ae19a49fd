// Talks to the server. What goes wrong becomes an ApiError; nothing here touches the page.

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

/** Asks about photos (`[{blob, name}]`) and a question; resolves to the whole answer document. */
export function ask({ photos, question, language, signal }) {
  const form = new FormData();
  for (const { blob, name } of photos) form.append("photo", blob, name);
  form.append("question", question);
  // With a question the answer speaks the question's language; without one, the page's.
  if (!question) form.append("language", language);
  return json("/v1/ask", { method: "POST", body: form, signal });
}

const documents = new Map();

/** One document; asked for once in the life of the page. */
export function fetchDocument(documentId) {
  if (!documents.has(documentId)) {
    const slash = documentId.indexOf("/");
    const parts = [documentId.slice(0, slash), documentId.slice(slash + 1)];
    const found = json(`/v1/documents/${parts.map(encodeURIComponent).join("/")}`);
    found.catch(() => documents.delete(documentId));
    documents.set(documentId, found);
  }
  return documents.get(documentId);
}

export async function fetchSamples() {
  return (await json("/v1/samples")).samples;
}

/** The bytes of a photo that the server offers, as a file that can be asked about. */
export async function fetchPhoto(url, name) {
  const blob = await (await request(url)).blob();
  return new File([blob], name, { type: blob.type });
}

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

async function request(url, options = {}) {
  let response;
  try {
    response = await fetch(url, { ...options, headers: { Accept: "application/json, image/*" } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("network");
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  throw new ApiError(kindOf(response.status), {
    status: response.status,
    detail: typeof problem.detail === "string" ? problem.detail : "",
    request: problem.request_id ?? response.headers.get("X-Request-ID") ?? "",
  });
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
