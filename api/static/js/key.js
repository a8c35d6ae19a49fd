// The key that a guarded server asks for: kept for this tab alone, asked for in a field above the page.

import { el } from "./dom.js";
import { t } from "./texts.js";

const KEPT = "snapcite.key";
const SENDABLE = /^[\x21-\x7e]+$/;

let key = recall();
let asked = null; // while the field is shown: resolves once there is another key

export const currentKey = () => key;

/** What a request sends of the key. */
export const keyHeaders = () => (key ? { Authorization: `Bearer ${key}` } : {});

/** Resolves once there is another key than `refused`; rejects when `signal` aborts. */
export function otherKey(refused, signal) {
  if (key !== refused) return Promise.resolve();
  asked ??= askForKey(refused);
  return new Promise((resolve, reject) => {
    asked.then(resolve);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

export const focusKey = () => document.getElementById("key-field")?.focus();

function askForKey(refused) {
  return new Promise((resolve) => {
    const field = el("input", { type: "password", id: "key-field", autocomplete: "off", "aria-describedby": "key-words", required: true });
    const words = el("p", { id: "key-words", role: "status" });
    const say = (name) => {
      words.dataset.text = name; // so that a switch of the language finds it
      words.textContent = t(name);
    };
    const give = (event) => {
      event.preventDefault();
      const given = field.value.trim();
      if (!SENDABLE.test(given)) return say("key.refused");
      key = given;
      keep();
      asked = null;
      form.remove();
      document.querySelector("main :is(textarea, input:not([type=file]))")?.focus();
      resolve();
    };
    const label = el("label", { class: "field-label", for: "key-field", "data-text": "key.label" }, t("key.label"));
    const submit = el("button", { class: "primary", "data-text": "key.submit" }, t("key.submit"));
    const form = el("form", { class: "key", novalidate: true, "aria-labelledby": "key-words", onsubmit: give }, words, label, el("div", {}, field, submit));
    document.querySelector("main").before(form);
    say(refused ? "key.refused" : "key.why");
    if (refused) field.focus();
  });
}

function recall() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function keep() {
  try {
    sessionStorage.setItem(KEPT, key);
  } catch {
    // Storage may be forbidden; then the key holds until the page is left.
  }
}
