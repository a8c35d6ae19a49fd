// A film that is asked about: whether the server takes it, and how it looks here. Sends nothing.

import { fetchFilms } from "./api.js";
import { el } from "./dom.js";
import { t } from "./texts.js";
import { thumbOf, wholeOf } from "./thumb.js";

const ENDINGS = /\.(mp4|m4v|mov|3gp|mkv|webm|avi|mpe?g|m?ts|m2ts|wmv|flv|vob)$/i;
const WAIT_MS = 10_000; // for what it is
const PICTURE_MS = 60_000; // for a picture of it
const AGAIN_MS = 200;

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

/**
 * `{video, thumb, seconds}`: a player, the promise of a small picture of the film's middle (null where
 * there is none to be had), how long it lasts; without what the browser cannot find out.
 */
export async function lookAt(file) {
  const url = URL.createObjectURL(file);
  const video = el("video", { src: url, preload: "auto", playsinline: true, controls: true, "aria-label": file.name });
  try {
    await heard(video, "loadedmetadata", WAIT_MS);
    if (!video.videoWidth) throw new TypeError("it has no pictures");
  } catch {
    URL.revokeObjectURL(url);
    return {};
  }
  // A film that was recorded in a browser may not say how long it is.
  const seconds = Number.isFinite(video.duration) ? video.duration : 0;
  return { video, thumb: pictured(video, seconds / 2), seconds };
}

/**
 * Makes the picture at a time the video's poster; resolves to it, small. Nobody waits for it: a slow
 * machine may take its time, and some phones show no picture before the film is played.
 */
async function pictured(video, at) {
  const late = performance.now() + PICTURE_MS;
  try {
    const seeked = heard(video, "seeked", PICTURE_MS);
    video.currentTime = at;
    await seeked;
    for (;;) {
      const [whole, thumb] = [await wholeOf(video, null), await thumbOf(video, null)];
      if (whole && thumb) {
        if (video.played.length === 0) {
          video.poster = whole;
          video.load(); // back to its beginning, and to its poster
        }
        return thumb;
      }
      // It was found, and is not drawn yet.
      if (performance.now() > late) return null;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  } catch {
    return null;
  }
}

function heard(video, name, most) {
  return new Promise((resolve, reject) => {
    video.addEventListener(name, resolve, { once: true });
    video.addEventListener("error", reject, { once: true });
    setTimeout(reject, most);
  });
}
