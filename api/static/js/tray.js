// The photos of the question: prepared, previewed, framed, removed. Does not know where they came from.

import { el, icon } from "./dom.js";
import { lookAt } from "./film.js";
import { firstRegion, framer, regionInShares, scaled } from "./region.js";
import { shrink } from "./shrink.js";
import { t } from "./texts.js";
import { thumbOf, wholeOf } from "./thumb.js";

export const MOST_PHOTOS = 4;
const STEP = 1.2;

/** A tray drawn into the list `list`, its framing buttons into `tools`; `onChange()` after changes. */
export function createTray(list, tools, onChange) {
  let photos = [];

  function add(files) {
    const room = MOST_PHOTOS - photos.length;
    for (const file of files.slice(0, room)) prepare(file);
    changed();
    return { left: Math.max(0, files.length - room) };
  }

  /** A film stands alone. Resolves to its seconds, as far as they are known. */
  async function addFilm(file) {
    const photo = { name: file.name || "film", film: true, shown: null, region: null, blob: file };
    photos.push(photo);
    changed();
    const { video, thumb, seconds } = await lookAt(file);
    Object.assign(photo, { video, shown: Boolean(video) });
    thumb?.then((picture) => (photo.thumb = picture));
    if (!photos.includes(photo)) return release(photo); // removed meanwhile
    draw();
    return seconds;
  }

  function prepare(file) {
    const photo = { name: file.name || "photo", url: null, size: null, shown: null, region: null };
    photo.blob = shrink(file).then(({ blob, shown, size }) => {
      Object.assign(photo, { shown, size });
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

  /** The photo that can be framed: the only one, once its pixels are known. */
  const only = () => (photos.length === 1 && photos[0].url ? photos[0] : null);

  function frame(region) {
    const focused = document.activeElement?.dataset?.frame;
    const hadKeys = document.activeElement?.classList.contains("frame");
    only().region = region;
    changed();
    if (region && (hadKeys || focused === "start")) list.querySelector(".frame").focus();
    else if (focused || hadKeys) (tools.querySelector(`[data-frame="${focused}"]`) ?? tools.querySelector("button")).focus();
  }

  function draw() {
    list.hidden = photos.length === 0;
    list.dataset.count = photos.length;
    list.replaceChildren(...photos.map((photo) => shot(photo, () => remove(photo), photo === only() ? framer(photo, frame) : null)));
    tools.replaceChildren(...(only() ? framing(only().region) : []));
  }

  function framing(region) {
    const tool = (key, next) => el("button", { type: "button", class: "quiet", "data-frame": key, onclick: () => frame(next()) }, t(`region.${key}`));
    if (!region) return [tool("start", firstRegion)];
    return [tool("smaller", () => scaled(region, 1 / STEP)), tool("larger", () => scaled(region, STEP)), tool("whole", () => null)];
  }

  return {
    add,
    addFilm,
    clear,
    draw,
    size: () => photos.length,
    hasFilm: () => photos.some(({ film }) => film),
    /** A region is of one photo, and a film stands alone: then no other can be added. */
    isFull: () => photos.length >= MOST_PHOTOS || photos.some(({ film, region }) => film || region),
    /** What to send, once all is prepared: `{photos: [{blob, name}], film, region, thumb, wholes()}`. */
    async prepared() {
      const ready = await Promise.all(photos.map(async ({ blob, name }) => ({ blob: await blob, name })));
      const region = only()?.region ?? null;
      /** What is asked with, photo by photo, as pictures. */
      const wholes = () => Promise.all(ready.map(({ blob }) => wholeOf(blob, region)));
      const film = photos.find((photo) => photo.film);
      const thumb = film ? film.thumb : ready.length ? await thumbOf(ready[0].blob, region) : null;
      return { photos: ready, film: Boolean(film), region: region && regionInShares(region), thumb, wholes };
    },
  };
}

function release(photo) {
  const url = photo.url ?? photo.video?.src;
  if (url) URL.revokeObjectURL(url);
}

function shot(photo, onRemove, board) {
  return el(
    "li",
    { class: "shot" },
    picture(photo),
    board,
    el("button", { type: "button", class: "round", "aria-label": t("ask.remove", photo), onclick: onRemove }, icon("close")),
  );
}

function picture(photo) {
  if (photo.shown === null) return el("p", { class: "shot-words" }, t("ask.preparing", photo));
  if (photo.video) return photo.video;
  if (photo.url) return el("img", { src: photo.url, alt: photo.name });
  return el("p", { class: "shot-words" }, icon("page"), el("strong", {}, photo.name), t("ask.noPreview"));
}
