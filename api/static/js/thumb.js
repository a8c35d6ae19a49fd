// A small picture of the photo that was asked with, for cards and for the history. Knows pixels only.

const SIDE = 240;

/** The photo's framed part (or all of it), cut square, as a data URL; null where it cannot be drawn. */
export async function thumbOf(blob, region) {
  try {
    const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" });
    const { left, top, width, height } = region ?? { left: 0, top: 0, width: 1, height: 1 };
    const [across, down] = [width * bitmap.width, height * bitmap.height];
    const side = Math.min(across, down);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE;
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, SIDE, SIDE);
    context.drawImage(bitmap, left * bitmap.width + (across - side) / 2, top * bitmap.height + (down - side) / 2, side, side, 0, 0, SIDE, SIDE);
    bitmap.close();
    return canvas.toDataURL("image/jpeg", 0.7);
  } catch {
    return null;
  }
}
