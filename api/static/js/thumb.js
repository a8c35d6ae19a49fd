// Pictures of the photo that was asked with: a small square for cards and for the history, and the whole
// of it, to be laid on other pictures. Knows pixels only.

/** The photo's framed part (or all of it), cut square, as a data URL; null where it cannot be drawn. */
export const thumbOf = (blob, region) => drawnAs(blob, region, (across, down) => [240, 240, Math.min(across, down), Math.min(across, down)]);

/** The same, not cut. */
export const wholeOf = (blob, region) =>
  drawnAs(blob, region, (across, down) => {
    const scale = Math.min(1, 1024 / Math.max(across, down));
    return [Math.ceil(across * scale), Math.ceil(down * scale), across, down];
  });

/** `fit(across, down)` says how large the picture is, and how much of the middle of the part it shows. */
async function drawnAs(blob, region, fit) {
  try {
    const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" });
    const { left, top, width, height } = region ?? { left: 0, top: 0, width: 1, height: 1 };
    const [across, down] = [width * bitmap.width, height * bitmap.height];
    const [wide, high, shownAcross, shownDown] = fit(across, down);
    const canvas = Object.assign(document.createElement("canvas"), { width: wide, height: high });
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, wide, high);
    context.drawImage(bitmap, left * bitmap.width + (across - shownAcross) / 2, top * bitmap.height + (down - shownDown) / 2, shownAcross, shownDown, 0, 0, wide, high);
    bitmap.close();
    return canvas.toDataURL("image/jpeg", 0.7);
  } catch {
    return null;
  }
}
