// The page's conductor: joins the form, the request and the result. Each part is its own module.

import { abstentionCard, busyCard, errorCard, errorInWords, reasonInWords } from "./js/abstention.js";
import { answerCard, answerInWords } from "./js/answer.js";
import { ApiError, ask, fetchDocument, fetchPhoto, fetchSamples, isReady } from "./js/api.js";
import { createDocumentDialog } from "./js/document.js";
import { bringIntoView, byId } from "./js/dom.js";
import { evidenceSection, groupByDocument, holds } from "./js/evidence.js";
import { takeIn } from "./js/intake.js";
import { slice } from "./js/quote.js";
import { drawChips, drawSamples } from "./js/samples.js";
import { chooseLanguage, language, switchLanguage, t } from "./js/texts.js";
import { createTray, MOST_PHOTOS } from "./js/tray.js";

const READY_EVERY_MS = 1000;
const READY_AT_MOST_MS = 60_000;
const LONG_MS = 4000;

const question = byId("question");
const results = byId("results");
const openDocument = createDocumentDialog(byId("document"));
const tray = createTray(byId("shots"), photosChanged);

let running = null; // the AbortController of the question that is being answered
let offered = []; // the sample photos
let redraw = () => {}; // draws what the results show once more, in the language of now

function start() {
  chooseLanguage();
  takeIn({
    choosers: [byId("choose"), byId("add")],
    fileInput: byId("files"),
    captureButton: byId("capture"),
    cameraInput: byId("camera"),
    veil: byId("veil"),
    onFiles: addPhotos,
    onLink: () => note(t("note.link")),
  });
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    if (!running) askNow();
  });
  question.addEventListener("input", () => note(""));
  question.addEventListener("keydown", (event) => {
    // While an input method is composing, as for Chinese, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    byId("ask").requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && running && !byId("document").open) cancel();
  });
  byId("language").addEventListener("click", () => {
    switchLanguage();
    drawWords();
    redraw();
  });
  drawWords();
  warnWhileWarming();
  fetchSamples().then(
    (samples) => {
      offered = samples;
      offerSamples();
    },
    () => {}, // Without samples the page does all else.
  );
}

/** What drawn words there are besides the marked ones of index.html. */
function drawWords() {
  byId("language").lang = language() === "zh" ? "en" : "zh-Hans";
  drawChips(byId("chips"), pickQuestion);
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
  byId("add").hidden = size === 0 || size >= MOST_PHOTOS;
  note("");
}

function addPhotos(files) {
  // A type that is empty may be anything, HEIC for one: the server will tell.
  const photos = files.filter((file) => !file.type || file.type.startsWith("image/"));
  const { left } = tray.add(photos);
  if (left) note(t("note.tooMany", { n: MOST_PHOTOS }));
  const other = files.find((file) => !photos.includes(file));
  if (other) note(t("note.notPhoto", { name: other.name }));
}

function pickQuestion(words) {
  question.value = words;
  if (tray.size()) askNow();
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
  byId("samples-title").textContent = t(results.childElementCount ? "samples.again" : "samples.title");
}

async function pickSample(sample, words) {
  try {
    const file = await fetchPhoto(sample.photo_url, sample.title);
    tray.clear();
    tray.add([file]);
    question.value = words;
    askNow();
  } catch {
    showError(new ApiError("sample"), () => pickSample(sample, words));
  }
}

async function askNow() {
  const words = question.value.trim();
  if (!tray.size() && !words) {
    note(t("note.nothing"));
    question.focus();
    return;
  }
  running?.abort();
  const controller = new AbortController();
  running = controller;
  const { signal } = controller;
  const busy = busyCard("busy.prepare", cancel);
  showBusy(busy.element);
  const tell = (key) => {
    if (signal.aborted) return;
    busy.say(key);
    byId("status").textContent = t(key);
  };
  let slow;
  try {
    const photos = await tray.prepared();
    await untilReady(signal, () => tell("busy.warming"));
    tell("busy.ask");
    slow = setTimeout(() => tell("busy.long"), LONG_MS);
    const result = await ask({ photos, question: words, language: language(), signal });
    const groups = groupByDocument(result.evidence);
    const [passage] = await Promise.all([passageOf(result), findPhoto(citedGroup(result, groups))]);
    if (signal.aborted) return;
    running = null;
    showResult(result, groups, passage);
  } catch (error) {
    if (signal.aborted) return;
    running = null;
    if (!(error instanceof ApiError)) throw error;
    showError(error, askNow);
  } finally {
    clearTimeout(slow);
  }
}

function cancel() {
  running?.abort();
  running = null;
  results.replaceChildren();
  redraw = () => {};
  settle();
  byId("status").textContent = "";
  note(t("busy.cancelled"));
  question.focus();
}

/** The passage around the quotation: from the evidence, else cut out of the document; else null. */
async function passageOf({ answer, evidence }) {
  const { source } = answer;
  if (!source) return null;
  const item = evidence.find((each) => holds(each, source));
  if (item) return item;
  try {
    const { text, language: lang } = await fetchDocument(source.document_id);
    const around = 160;
    const begin = Math.max(0, source.start - around);
    return { text: slice(text, begin, source.end + around), start: begin, language: lang };
  } catch {
    return null;
  }
}

const citedGroup = ({ answer }, groups) => groups.find(({ documentId }) => documentId === answer.source?.document_id);

/** Gives a group that was found by its words alone the document's first photo, if there is one. */
async function findPhoto(group) {
  if (!group || group.photoUrl) return;
  const found = await fetchDocument(group.documentId).catch(() => null);
  group.photoUrl = found?.photos[0]?.photo_url ?? null;
}

function showBusy(element) {
  byId("desk").dataset.asked = "";
  note("");
  redraw = () => {};
  show([element]);
  byId("submit").textContent = t("ask.asking");
  byId("submit").setAttribute("aria-disabled", "true");
  showSamples();
}

function showResult(result, groups, passage) {
  const { answer } = result;
  const group = citedGroup(result, groups);
  redraw = () => {
    const first = answer.abstained
      ? abstentionCard({ result, groups, open: openDocument })
      : answerCard({ result, passage, group, open: openDocument });
    show([first, groups.length > 0 && evidenceSection(groups, answer.source, openDocument)]);
  };
  redraw();
  byId("status").textContent = answer.abstained ? `${t("answer.unknown")}. ${reasonInWords(answer)}` : answerInWords(answer);
  settle();
}

function showError(error, retry) {
  redraw = () => show([errorCard(error, retry)]);
  redraw();
  const { title, advice } = errorInWords(error);
  byId("status").textContent = `${title}. ${advice}`;
  settle();
}

function show(nodes) {
  results.replaceChildren(...nodes.filter(Boolean));
  const { top } = results.getBoundingClientRect();
  if (top < 0 || top > innerHeight * 0.6) bringIntoView(results);
}

function settle() {
  byId("submit").textContent = t("ask.submit");
  byId("submit").removeAttribute("aria-disabled");
  showSamples();
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
