// A photo of the server as an image: an `img` cannot send a key, so with one the bytes are fetched.

import { fetchBlob } from "./api.js";
import { el } from "./dom.js";
import { currentKey } from "./key.js";

/** An `img` of the server's photo at `url`. */
export function photo(url, attributes) {
  if (!currentKey()) return el("img", { ...attributes, src: url });
  const image = el("img", attributes);
  fetchBlob(url).then(
    (blob) => {
      image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
      image.src = URL.createObjectURL(blob);
    },
    () => {}, // As a broken image: its text stands for it.
  );
  return image;
}
