// Which language the page speaks, and how a text is looked up. The texts are in texts/, of which
// only the language that is spoken is loaded.

import { pluralOf } from "./guarded.js";

const TEXTS = { en: () => import("./texts/en.js"), zh: () => import("./texts/zh.js") };
const TAGS = { en: "en", zh: "zh-Hans" };
const REMEMBERED = "snapcite.language";

let current = "en";
let texts = {};
let textsOfPage = () => ({}); // what a page says besides

export const language = () => current;

/** The text of `key` with its `{names}` filled in; of an unknown key, nothing. */
export function t(key, values = {}) {
  return (texts[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

export const has = (key) => key in texts;

/** `count("count.photos", 1)` → “1 photo”. */
export function count(key, n) {
  const form = pluralOf(n, current) === "one" ? "one" : "other";
  return t(`${key}.${form}`, { n });
}

/**
 * Speak the remembered language, else the browser's first one that is spoken here. `more(code)` resolves
 * to texts that this page alone needs.
 */
export async function chooseLanguage(more = textsOfPage) {
  textsOfPage = more;
  const wished = [recall(), ...(navigator.languages ?? [navigator.language])];
  const codes = wished.filter(Boolean).map((tag) => tag.toLowerCase().split("-")[0]);
  await speak(codes.find((code) => code in TEXTS) ?? "en");
}

/** Makes `button` switch between the languages; `onSwitch()` draws what is not marked in the page. */
export function offerLanguages(button, onSwitch) {
  const mark = () => (button.lang = TAGS[other()]);
  mark();
  button.addEventListener("click", async () => {
    await speak(other());
    mark();
    try {
      localStorage.setItem(REMEMBERED, current);
    } catch {
      // Storage may be forbidden; then the choice holds for this visit only.
    }
    onSwitch();
  });
}

const other = () => (current === "en" ? "zh" : "en");

function recall() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

async function speak(code) {
  const [{ default: shared }, { default: own }] = await Promise.all([TEXTS[code](), textsOfPage(code)]);
  texts = { ...shared, ...own };
  current = code;
  document.documentElement.lang = TAGS[code];
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  for (const node of document.querySelectorAll("[data-placeholder]")) node.placeholder = t(node.dataset.placeholder);
}
