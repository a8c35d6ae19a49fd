// Which language the page speaks, and how a text is looked up. The texts are in texts/.

import en from "./texts/en.js";
import zh from "./texts/zh.js";

const TEXTS = { en, zh };
const TAGS = { en: "en", zh: "zh-Hans" };
const REMEMBERED = "snapcite.language";

let current = "en";

export const language = () => current;

/** The text of `key` with its `{names}` filled in. */
export function t(key, values = {}) {
  return TEXTS[current][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

export const has = (key) => key in TEXTS[current];

/** `count("count.photos", 1)` → “1 photo”. */
export function count(key, n) {
  const form = new Intl.PluralRules(current).select(n) === "one" ? "one" : "other";
  return t(`${key}.${form}`, { n });
}

/** Speak the remembered language, else the browser's first one that is spoken here. */
export function chooseLanguage() {
  const wished = [recall(), ...(navigator.languages ?? [navigator.language])];
  const codes = wished.filter(Boolean).map((tag) => tag.toLowerCase().split("-")[0]);
  speak(codes.find((code) => code in TEXTS) ?? "en");
}

export function switchLanguage() {
  speak(current === "en" ? "zh" : "en");
  try {
    localStorage.setItem(REMEMBERED, current);
  } catch {
    // Storage may be forbidden; then the choice holds for this visit only.
  }
}

function recall() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

function speak(code) {
  current = code;
  document.documentElement.lang = TAGS[code];
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = t(node.dataset.placeholder);
}
