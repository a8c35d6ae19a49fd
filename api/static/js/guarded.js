// What the browser refuses with an exception, made harmless: languages, dates, numbers, addresses.
//
// Documents, links and storage may hold anything, and nothing here throws. The page uses Intl, Date,
// URL and encodeURIComponent nowhere else.

const TITLE_MOST = 200;
const LANGUAGE_MOST = 30;

/** Runs `make()`; what it throws becomes `otherwise`. */
function attempt(make, otherwise) {
  try {
    return make();
  } catch {
    return otherwise;
  }
}

/** What `draw` makes of each item but those that cannot be drawn. */
export const drawn = (items, draw) => items.flatMap((item, at) => attempt(() => [draw(item, at)], []));

/** “German” for `de`; what is no language stays as it is written. */
export const languageInWords = (tag, inLanguage) =>
  titleOf(attempt(() => new Intl.DisplayNames([inLanguage], { type: "language" }).of(tag), null) ?? tag).slice(0, LANGUAGE_MOST);

/** A language tag, or null where it is none. */
export const languageTag = (tag) => attempt(() => (typeof tag === "string" ? Intl.getCanonicalLocales(tag)[0] : null), null) ?? null;

/** A moment in words; nothing where it is none. */
export const dateInWords = (moment, inLanguage, options) =>
  attempt(() => new Intl.DateTimeFormat(inLanguage, options).format(new Date(moment)), "");

/** 1234 → “1,234”. */
export const numberInWords = (n, inLanguage) => attempt(() => n.toLocaleString(inLanguage), String(n));

/** Which form of the plural a number takes. */
export const pluralOf = (n, inLanguage) => attempt(() => new Intl.PluralRules(inLanguage).select(n), "other");

/** A number with `digits` after the point; a dash where it is none. */
export const fixed = (n, digits) => (Number.isFinite(n) ? n.toFixed(digits) : "–");

/** The words of a text: `[{segment, index}]`. */
export const wordsIn = (text, inLanguage) =>
  attempt(() => [...segmenter(inLanguage).segment(text)].filter(({ isWordLike }) => isWordLike), []);

const segmenters = new Map();

function segmenter(inLanguage) {
  if (!segmenters.has(inLanguage)) segmenters.set(inLanguage, new Intl.Segmenter(inLanguage, { granularity: "word" }));
  return segmenters.get(inLanguage);
}

/** An address of the web as it is written, or null. */
export const webAddress = (url) =>
  attempt(() => (typeof url === "string" && ["http:", "https:"].includes(new URL(url).protocol) ? url : null), null);

/** The document's path on the server, or null where its id cannot be one. */
export function documentPath(documentId) {
  const slash = String(documentId).indexOf("/");
  const parts = [documentId.slice(0, slash), documentId.slice(slash + 1)];
  const isStep = (part) => part.split("/").some((each) => each === "" || /^\.{1,2}$/.test(each));
  if (slash < 1 || parts.some(isStep)) return null;
  return attempt(() => `/v1/documents/${parts.map(encodeURIComponent).join("/")}`, null);
}

/** Whether a photo was taken at a place on earth. */
export const isOnEarth = (latitude, longitude) =>
  Number.isFinite(latitude) && Number.isFinite(longitude) && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;

// Marks that turn the direction of what follows, and controls but line breaks.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/g;

// More characters joined to one than any sign has: no line breaks within them.
const JOINED = /(?:\u200d[^\u200d]{1,2}){9,}/g;

/** A text without characters that change how the text around it is read or where it breaks. */
export const readable = (text) => String(text).replace(UNSEEN, "").replace(JOINED, (joined) => joined.replaceAll("\u200d", ""));

/** A document's title on one line; where it has none to be seen, its id. */
export function titleOf(title, documentId = "") {
  const [words] = [title, documentId].map((each) => readable(each ?? "").replace(/\s+/g, " ").trim()).filter((each) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(each));
  const points = Array.from((words ?? "–").slice(0, 4 * TITLE_MOST));
  return points.length > TITLE_MOST ? `${points.slice(0, TITLE_MOST).join("")}…` : points.join("");
}
