// The photos of the question: prepared, previewed, removed. Does not know where they came from.

import { el, icon } from "./dom.js";
import { shrink } from "./shrink.js";
import { t } from "./texts.js";

export const MOST_PHOTOS = 4;

/** A tray drawn into the list `list`; `onChange()` is called after each change. */
export function createTray(list, onChange) {
  let photos = [];

  function add(files) {
    const room = MOST_PHOTOS - photos.length;
    for (const file of files.slice(0, room)) prepare(file);
    changed();
    return { left: Math.max(0, files.length - room) };
  }

  function prepare(file) {
    const photo = { name: file.name || "photo", url: null, shown: null };
    photo.blob = shrink(file).then(({ blob, shown }) => {
      photo.shown = shown;
      if (shown && photos.includes(photo)) photo.url = URL.createObjectURL(blob);
      draw();
      return blob;
    });
    photos.push(photo);
  }

  function remove(photo) {
    const at = photos.indexOf(photo);
    photos = photos.filter((other) => other !== photo);
    release(photo);
    changed();
    const buttons = list.querySelectorAll("button");
    (buttons[Math.min(at, buttons.length - 1)] ?? document.getElementById("choose")).focus();
  }

  function clear() {
    photos.forEach(release);
    photos = [];
    changed();
  }

  function changed() {
    draw();
    onChange();
  }

  function draw() {
    list.hidden = photos.length === 0;
    list.dataset.count = photos.length;
    list.replaceChildren(...photos.map((photo) => shot(photo, () => remove(photo))));
  }

  return {
    add,
    clear,
    draw,
    size: () => photos.length,
    /** What to send, once all is prepared: `[{blob, name}]`. */
    prepared: () => Promise.all(photos.map(async ({ blob, name }) => ({ blob: await blob, name }))),
  };
}

function release(photo) {
  if (photo.url) URL.revokeObjectURL(photo.url);
}

function shot(photo, onRemove) {
  return el(
    "li",
    { class: "shot" },
    picture(photo),
    el("button", { type: "button", class: "round", "aria-label": t("ask.remove", photo), onclick: onRemove }, icon("close")),
  );
}

function picture(photo) {
  if (photo.shown === null) return el("p", { class: "shot-words" }, t("ask.preparing", photo));
  if (photo.url) return el("img", { src: photo.url, alt: photo.name });
  return el("p", { class: "shot-words" }, icon("page"), el("strong", {}, photo.name), t("ask.noPreview"));
}
