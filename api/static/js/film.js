// A film that is asked about: whether the server takes it, and how it looks here. Sends nothing.

import { fetchFilms } from "./api.js";
import { el } from "./dom.js";
import { t } from "./texts.js";
import { thumbOf, wholeOf } from "./thumb.js";

const ENDINGS = /\.(mp4|m4v|mov|3gp|mkv|webm|avi|mpe?g|m?ts|m2ts|wmv|flv|vob)$/i;
const WAIT_MS = 10_000;

let known; // what the server takes, once it said so

/** Whether a file is a film, by its type or, where the browser knows none, by its name. */
export const isFilm = ({ type, name }) => (type ? type.startsWith("video/") : ENDINGS.test(name));

/** What films the server takes: `{most_seconds, most_bytes}`; null where it takes none. */
export const learnFilms = async () => (known ??= await fetchFilms().catch(() => null));

/** Puts a film into the tray, or says why not; resolves to whether it can be asked about. */
export async function addFilm(film, tray, note) {
  const { name, size } = film;
  const refuse = (key, values) => {
    note(t(key, { name, ...values }));
    return false;
  };
  const films = await learnFilms();
  if (!films) return refuse("note.noFilms");
  if (tray.size()) return refuse("note.filmAlone");
  const has = `${Math.ceil(size / 1e6)} MB`;
  if (size > films.most_bytes) return refuse("note.filmMuch", { has, most: `${Math.floor(films.most_bytes / 1e6)} MB` });
  const seconds = await tray.addFilm(film);
  // Sound may end a little later, and counts here: then the server decides.
  if (seconds > films.most_seconds + 0.5) {
    tray.clear();
    return refuse("note.filmMuch", { has: `${Math.ceil(seconds)} s`, most: `${films.most_seconds} s` });
  }
  if (tray.hasFilm()) note(t("note.film", { size: has }));
  return true;
}

/** What is known of `{video, thumb, seconds}`: a player, a small picture's promise, how long. */
export async function lookAt(file) {
  const url = URL.createObjectURL(file);
  const video = el("video", { src: url, preload: "auto", playsinline: true, controls: true, "aria-label": file.name });
  try {
    await heard(video, "loadedmetadata");
    if (!video.videoWidth) throw new TypeError("it has no pictures");
  } catch {
    URL.revokeObjectURL(url);
    return {};
  }
  // A film that was recorded in a browser may not say how long it is.
  const seconds = Number.isFinite(video.duration) ? video.duration : 0;
  return { video, thumb: pictured(video, seconds / 2), seconds };
}

/** Makes the picture at a time the video's poster; resolves to it, small. */
async function pictured(video, at) {
  video.currentTime = at;
  let whole;
  for (let looks = 0; !whole && looks < 600; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    whole = video.seeking ? null : await wholeOf(video, null);
  }
  const thumb = await thumbOf(video, null); // some phones have none yet
  if (whole && !video.played.length) {
    video.poster = whole;
    video.load(); // back to its beginning, and to its poster
  }
  return thumb;
}

function heard(video, name) {
  return new Promise((resolve, reject) => {
    video.addEventListener(name, resolve, { once: true });
    video.addEventListener("error", reject, { once: true });
    setTimeout(reject, WAIT_MS);
  });
}
