// The page's conductor: joins the form, the request and the result. Each part is its own module.

import { ApiError, ask, fetchPhoto, fetchSamples, isReady } from "./js/api.js";
import { createDocumentDialog } from "./js/document.js";
import { byId } from "./js/dom.js";
import { addFilm, isFilm, learnFilms } from "./js/film.js";
import { remember, showHistory } from "./js/history.js";
import { takeIn } from "./js/intake.js";
import { focusKey } from "./js/key.js";
import { createResults } from "./js/results.js";
import { drawSamples } from "./js/samples.js";
import { openShared, readLink } from "./js/share.js";
import { createSuggestions } from "./js/suggest.js";
import { chooseLanguage, language, offerLanguages, t } from "./js/texts.js";
import { createTray, MOST_PHOTOS } from "./js/tray.js";

const READY_EVERY_MS = 1000;
const READY_AT_MOST_MS = 60_000;
const LONG_MS = 4000;

const question = byId("question");
const history = byId("history");
const say = (words) => (byId("status").textContent = words);
const results = createResults(byId("results"), { open: createDocumentDialog(byId("document")), say, choose: askAbout });
const tray = createTray(byId("shots"), byId("framing"), photosChanged);
const suggestions = createSuggestions(byId("chips"), {
  hasPhoto: () => tray.size() > 0,
  typed: () => question.value.trim(),
  onPick: pickQuestion,
});

let running = null; // the AbortController of the question that is being answered
let offered = []; // the sample photos
let coming = true; // while a film is looked at, a promise: whether it can be asked about

async function start() {
  await chooseLanguage();
  takeIn({
    choosers: [byId("choose"), byId("add")],
    fileInput: byId("files"),
    captureButton: byId("capture"),
    cameraInput: byId("camera"),
    veil: byId("veil"),
    onFiles: addFiles,
    onLink: () => note(t("note.link")),
  });
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!running) askNow();
  });
  question.addEventListener("input", () => {
    if (byId("note").textContent === t("note.nothing")) note("");
    suggestions.afterTyping();
  });
  question.addEventListener("keydown", (event) => {
    // While an input method is composing, as for Chinese, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    byId("ask").requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && running && !document.querySelector("dialog[open]")) cancel();
  });
  byId("past").addEventListener("click", () => showHistory(history, showPast));
  addEventListener("hashchange", followLink);
  offerLanguages(byId("language"), () => {
    drawWords();
    results.redraw();
  });
  drawWords();
  warnWhileWarming();
  followLink();
  fetchSamples().then(
    (samples) => {
      offered = samples;
      offerSamples();
    },
    () => {}, // Without samples the page does all else.
  );
  learnFilms().then(offerFilms);
}

/** What drawn words there are besides the marked ones of index.html. */
function drawWords() {
  suggestions.draw();
  tray.draw();
  offerSamples();
  note("");
}

function note(words) {
  byId("note").textContent = words;
}

function photosChanged() {
  const size = tray.size();
  byId("choose").hidden = size > 0;
  byId("capture").hidden = tray.isFull();
  byId("add").hidden = size === 0 || tray.isFull();
  suggestions.draw();
  note("");
}

function offerFilms(films) {
  if (!films) return;
  byId("files").accept += ",video/*,.mkv";
  const words = byId("choose").querySelector("strong");
  words.textContent = t((words.dataset.text = "ask.chooseFilm"));
}

function addFiles(files) {
  const film = files.find(isFilm);
  if (!film && !tray.hasFilm()) addPhotos(files);
  else if (files.length > 1 || !film) note(t("note.filmAlone"));
  else coming = addFilm(film, tray, note).finally(() => (coming = true));
}

function addPhotos(files) {
  // A type that is empty may be anything, HEIC for one: the server will tell.
  const photos = files.filter((file) => !file.type || file.type.startsWith("image/"));
  const { left } = tray.add(photos);
  if (left) note(t("note.tooMany", { n: MOST_PHOTOS }));
  const other = files.find((file) => !photos.includes(file));
  if (other) note(t("note.notPhoto", { name: other.name }));
}

/** An example about what is indexed can be asked as it is, one about “it” needs its photo. */
function pickQuestion(words, needsPhoto) {
  question.value = words;
  if (tray.size() || !needsPhoto) askNow();
  else {
    note(t("note.addPhoto"));
    byId("choose").focus();
  }
}

function offerSamples() {
  drawSamples(byId("sample-list"), offered, pickSample);
  showSamples();
}

function showSamples() {
  byId("samples").hidden = running !== null || offered.length === 0;
  byId("samples-title").textContent = t(results.isEmpty() ? "samples.title" : "samples.again");
}

async function pickSample(sample, words) {
  try {
    const file = await fetchPhoto(sample.photo_url, sample.title);
    tray.clear();
    tray.add([file]);
    question.value = words;
    askNow();
  } catch {
    results.error(new ApiError("sample"), () => pickSample(sample, words));
  }
}

/** The same photo and question again, about the document that somebody says it shows. */
function askAbout(documentId) {
  if (!tray.size() && !question.value.trim()) question.value = t("chip.exists");
  askNow(documentId);
}

async function askNow(documentId = null) {
  if (!(await coming)) return;
  const words = question.value.trim();
  if (!tray.size() && !words) {
    note(t("note.nothing"));
    question.focus();
    return;
  }
  const { signal } = begin();
  const query = { question: words, thumb: null };
  const progress = results.waiting(query, cancel);
  showSamples();
  let slow;
  try {
    const { photos, film, region, thumb, wholes } = await tray.prepared();
    Object.assign(query, { thumb, film });
    await untilReady(signal, () => progress.tell("busy.warming"));
    signal.throwIfAborted();
    progress.tell("busy.ask");
    slow = setTimeout(() => progress.tell("busy.long"), LONG_MS);
    const onEvidence = (found) => {
      clearTimeout(slow);
      progress.found(found);
    };
    const onLocked = () => {
      clearTimeout(slow);
      progress.tell("busy.key");
      focusKey();
    };
    const result = await ask({ photos, region, question: words, dated: byId("dated").value.trim(), documentId, language: language(), signal, onEvidence, onLocked });
    const picture = film ? null : result.picture; // of a film's pictures the page has none
    const shown = picture?.alignment ? (await wholes())[picture.photo] : null;
    await results.result({ ...query, picture: shown, blob: region ? null : photos[picture?.photo]?.blob }, result, () => signal.aborted);
    if (signal.aborted) return;
    remember({ at: Date.now(), ...query, result });
    settle();
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ApiError)) throw error;
    results.error(error, () => askNow(documentId));
    settle();
  } finally {
    clearTimeout(slow);
  }
}

/** A question begins: whatever was under way ends. */
function begin() {
  running?.abort();
  running = new AbortController();
  byId("desk").dataset.asked = "";
  note("");
  byId("submit").textContent = t("ask.asking");
  byId("submit").setAttribute("aria-disabled", "true");
  return running;
}

/** The question is over, one way or another. */
function settle() {
  running = null;
  byId("submit").textContent = t("ask.submit");
  byId("submit").removeAttribute("aria-disabled");
  showSamples();
}

function cancel() {
  running?.abort();
  results.clear();
  settle();
  note(t("busy.cancelled"));
  question.focus();
}

/** An answer of before, as it was: nothing is asked anew. */
function showPast({ question: words, thumb, film, result }) {
  running?.abort();
  byId("desk").dataset.asked = "";
  question.value = words;
  results.result({ question: words, thumb, film }, result).then(settle);
}

/** What the address asks for: a shared answer, or a question to begin with. */
async function followLink() {
  const link = readLink(location.hash);
  if (!link) return;
  question.value = link.question;
  if (!link.shared) return;
  const { signal } = begin();
  try {
    const result = await openShared(link.shared);
    await results.result({ question: link.question, thumb: null }, result, () => signal.aborted);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ApiError)) throw error;
    results.error(error, null);
  }
  if (!signal.aborted) settle();
}

async function untilReady(signal, onWait) {
  const latest = performance.now() + READY_AT_MOST_MS;
  while (!(await isReady(signal)) && performance.now() < latest) {
    onWait();
    await new Promise((resolve) => setTimeout(resolve, READY_EVERY_MS));
    signal.throwIfAborted();
  }
}

async function warnWhileWarming() {
  if (!(await isReady())) note(t("note.warming"));
}

start();
