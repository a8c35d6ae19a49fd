// The page about what is indexed: numbers, the list of documents, the last evaluation.

import { errorCard } from "./js/abstention.js";
import { ApiError, fetchCorpus, fetchDocuments } from "./js/api.js";
import { createDocumentDialog } from "./js/document.js";
import { byId, el, icon } from "./js/dom.js";
import { dateInWords, drawn, fixed, languageInWords, languageTag, numberInWords, titleOf } from "./js/guarded.js";
import { photo } from "./js/photo.js";
import { chooseLanguage, count, has, language, offerLanguages, t } from "./js/texts.js";

const AT_A_TIME = 24;
const AFTER_TYPING_MS = 180;

const TEXTS = { en: () => import("./js/texts/corpus.en.js"), zh: () => import("./js/texts/corpus.zh.js") };

const open = createDocumentDialog(byId("document"));
let corpus = null; // what is indexed, in numbers
let listed = []; // the documents shown
let total = 0; // how many match what is typed
let latest = 0; // the number of the newest request for a list

async function start() {
  await chooseLanguage((code) => TEXTS[code]());
  offerLanguages(byId("language"), draw);
  byId("seek").addEventListener("submit", (event) => event.preventDefault());
  let timer;
  byId("text").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(seek, AFTER_TYPING_MS);
  });
  byId("in").addEventListener("change", seek);
  byId("more").addEventListener("click", more);
  load();
}

async function load() {
  try {
    [corpus] = await Promise.all([fetchCorpus(), seek()]);
    draw();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    byId("numbers").append(errorCard(error, null));
  }
}

async function list(offset) {
  const mine = ++latest;
  const options = { text: byId("text").value.trim(), offset, limit: AT_A_TIME };
  if (byId("in").value) options.language = byId("in").value;
  const found = await fetchDocuments(options);
  return mine === latest ? found : null;
}

async function seek() {
  const found = await list(0);
  if (!found) return;
  ({ documents: listed, total } = found);
  drawList();
}

async function more() {
  const found = await list(listed.length);
  if (!found) return;
  const first = listed.length;
  listed = [...listed, ...found.documents];
  drawList();
  byId("documents").querySelectorAll("button")[first]?.focus();
}

function draw() {
  if (!corpus) return;
  drawNumbers();
  drawLanguages();
  drawList();
  drawEvaluation();
}

function drawNumbers() {
  const sum = (key) => corpus.corpora.reduce((all, each) => all + each[key], 0);
  const figure = (key) => el("li", {}, el("strong", {}, number(sum(key))), el("span", {}, t(`corpus.${key}`)));
  const { encoder } = corpus;
  const facts = [
    ["corpus.corpora", corpus.corpora.map((each) => `${each.corpus} (${number(each.documents)})`).join(" · ")],
    ["corpus.languages", Object.entries(corpus.languages).map(([tag, n]) => `${languageName(tag)} (${number(n)})`).join(" · ")],
    ["corpus.encoder", `${encoder.name} · ${t("corpus.dimensions", { n: encoder.dim })} · ${encoder.runtime}`],
    ["corpus.fingerprint", el("code", {}, encoder.fingerprint)],
    ["corpus.reader", corpus.reader],
  ];
  byId("numbers").replaceChildren(
    byId("numbers-title"),
    el("ul", { class: "figures" }, ["documents", "passages", "photos"].map(figure)),
    el("dl", { class: "facts" }, facts.flatMap(([key, value]) => [el("dt", {}, t(key)), el("dd", {}, value)])),
  );
}

function drawLanguages() {
  const select = byId("in");
  const chosen = select.value;
  const option = (value, words) => el("option", { value, selected: value === chosen }, words);
  select.replaceChildren(option("", t("corpus.anyLanguage")), ...Object.keys(corpus.languages).map((tag) => option(tag, languageName(tag))));
}

function drawList() {
  byId("found").textContent = count("count.documents", total);
  byId("documents").replaceChildren(...drawn(listed, (entry) => el("li", {}, line(entry))));
  byId("more").hidden = listed.length >= total;
}

function line({ document_id: id, title, place, language: lang, photo_url: url, passages, photos }) {
  const counts = `${count("count.passages", passages)} · ${count("count.photos", photos)}`;
  return el(
    "button",
    { type: "button", class: "entry", onclick: () => open(id, null) },
    el("span", { class: "thumb" }, url ? photo(url, { alt: "", loading: "lazy" }) : icon("page")),
    el("span", {}, el("strong", { lang: languageTag(lang) }, titleOf(title, id)), place && el("small", { lang: languageTag(lang) }, titleOf(place)), el("small", {}, counts)),
  );
}

function drawEvaluation() {
  const { evaluation } = corpus;
  byId("evaluation").hidden = !evaluation;
  if (!evaluation) return;
  // Ablations are for those who build it; here stand the whole and what it is better than.
  const all = Object.keys(evaluation.systems);
  const named = all.filter((name) => has(`system.${name}`));
  const systems = named.length ? named : all;
  const measures = Object.keys(evaluation.systems[systems[0]] ?? {}).filter((key) => has(`measure.${key}`));
  const when = dateInWords(evaluation.measured_at, language(), { dateStyle: "long" });
  const sets = Object.entries(evaluation.testsets).map(([name, n]) => `${name} (${number(n)})`).join(" · ");
  byId("evaluation").replaceChildren(
    byId("evaluation-title"),
    el("p", { class: "faint" }, t("corpus.measured", { when, sets, encoder: evaluation.encoder, reader: evaluation.reader })),
    el(
      "div",
      { class: "measures-frame", tabindex: "0", role: "group", "aria-labelledby": "evaluation-title" },
      el(
        "table",
        { class: "measures" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("corpus.measure")), systems.map((name) => el("th", { scope: "col" }, systemName(name))))),
        el("tbody", {}, measures.map((key) => el("tr", {}, el("th", { scope: "row" }, t(`measure.${key}`)), systems.map((name) => el("td", {}, value(key, evaluation.systems[name][key])))))),
      ),
    ),
  );
}

const number = (n) => numberInWords(n, language());
const systemName = (name) => (has(`system.${name}`) ? t(`system.${name}`) : name.replaceAll("_", " "));
const languageName = (tag) => languageInWords(tag, language());

function value(key, measured) {
  if (measured === null || measured === undefined) return "–";
  if (key === "questions") return number(measured);
  return key.endsWith("_s") ? t("corpus.milliseconds", { n: Math.round(measured * 1000) }) : `${fixed(measured * 100, 1)} %`;
}

start();
