// Makes a large photo small enough to send. Knows pixels, not the page.

// The longest side that is sent. Encoders look at 224 to 384 pixels and readers at about
// 1.3 megapixels, so more would only cost time on the way.
export const LONGEST_SIDE = 1600;
const SMALL_BYTES = 1_500_000;
const SENT_AS_IS = new Set(["image/jpeg", "image/png", "image/webp"]);
const QUALITY = 0.9;

/**
 * The photo to send for `file`: `{blob, shown, size}`. A large one is scaled down, upright, as JPEG;
 * `size` is its width and height before. One that the browser cannot decode (HEIC in most) is sent
 * as it is, with `shown` false and no size.
 */
export async function shrink(file) {
  try {
    return { ...(await smallEnough(file)), shown: true };
  } catch {
    return { blob: file, shown: false, size: null };
  }
}

async function smallEnough(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const size = [bitmap.width, bitmap.height];
  try {
    const scale = Math.min(1, LONGEST_SIDE / Math.max(...size));
    if (scale === 1 && file.size <= SMALL_BYTES && SENT_AS_IS.has(file.type)) return { blob: file, size };
    return { blob: (await draw(bitmap, scale)) ?? file, size };
  } finally {
    bitmap.close();
  }
}

function draw(bitmap, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  // JPEG has no transparency: without a ground, clear pixels would turn black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}
