// What was asked in this browser: kept in its own storage, shown again, cleared. Never sent.

import { dialogHead, el, icon } from "./dom.js";
import { dateInWords, drawn } from "./guarded.js";
import { language, t } from "./texts.js";
import { answerInWords } from "./answer.js";
import { turnedImage, turnsOf } from "./turned.js";

const KEY = "snapcite.history";
const MOST = 20;

/** The entries, newest first: `{at, question, thumb, result}`. */
export function recall() {
  try {
    const entries = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(entries) ? entries.filter((entry) => entry?.result?.answer) : [];
  } catch {
    return []; // Storage may be forbidden, or hold what another version wrote.
  }
}

export function remember(entry) {
  const entries = [entry, ...recall()].slice(0, MOST);
  // Where the storage is full, the oldest make room.
  while (entries.length && !store(entries)) entries.pop();
}

function store(entries) {
  try {
    localStorage.setItem(KEY, JSON.stringify(entries));
    return true;
  } catch {
    return false;
  }
}

function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept where storage is forbidden.
  }
}

/** Fills and opens `dialog`; `onPick(entry)` when an entry is chosen. */
export function showHistory(dialog, onPick) {
  const pick = (entry) => {
    dialog.close();
    onPick(entry);
  };
  const clear = () => {
    forget();
    fill();
    dialog.querySelector(".round").focus();
  };
  function fill() {
    const entries = recall();
    dialog.replaceChildren(
      dialogHead(dialog, "history-title", t("history.title"), t("document.close")),
      el(
        "div",
        { class: "document-body", tabindex: "0" },
        el("p", { class: "faint" }, t(entries.length ? "history.lead" : "history.empty")),
        entries.length > 0 && el("ul", { class: "past" }, drawn(entries, (entry) => el("li", {}, line(entry, pick)))),
        entries.length > 0 && el("p", {}, el("button", { type: "button", class: "quiet", onclick: clear }, t("history.clear"))),
      ),
    );
  }
  fill();
  dialog.showModal();
}

function line(entry, pick) {
  const { at, question, thumb, result } = entry;
  const when = dateInWords(at, language(), { dateStyle: "medium", timeStyle: "short" });
  return el(
    "button",
    { type: "button", onclick: () => pick(entry) },
    el("span", { class: "thumb" }, thumb ? turnedImage(thumb, turnsOf(result)[0], "") : icon("page")),
    el(
      "span",
      {},
      el("strong", {}, question || t("history.photoOnly")),
      el("span", { class: "faint" }, result.answer.abstained ? t("answer.unknown") : answerInWords(result.answer)),
      el("small", { class: "faint" }, when),
    ),
  );
}
