// Framing a part of a photo with mouse, finger or keys. Shares of the photo's width and height, from
// its top left corner. Knows neither the tray nor the server.

import { svg } from "./dom.js";
import { t } from "./texts.js";

const LEAST = 0.05;
const STEP = 0.02;
const FIRST = { left: 0.2, top: 0.2, width: 0.6, height: 0.6 };
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** As the server reads it: “0.2500,0.1000,0.5000,0.8000”. */
export const regionInShares = ({ left, top, width, height }) => [left, top, width, height].map((share) => share.toFixed(4)).join(",");

export const firstRegion = () => ({ ...FIRST });

/** The region grown by `factor` around its middle, as far as the photo goes. */
export function scaled({ left, top, width, height }, factor) {
  const [wide, high] = [clamp(width * factor, LEAST, 1), clamp(height * factor, LEAST, 1)];
  return inside({ left: left + (width - wide) / 2, top: top + (height - high) / 2, width: wide, height: high });
}

/**
 * A drawing to lie over the photo of `photo.size` (`[width, height]` in pixels) that shows
 * `photo.region` and lets it be framed; `onChange(region)` once it was. A finger frames only where
 * `photo.region` is there already: else it scrolls the page.
 */
export function framer(photo, onChange) {
  const [across, down] = photo.size;
  const shade = svg("path", { class: "shade", "fill-rule": "evenodd" });
  const frame = svg("rect", { class: "frame", tabindex: "0", role: "application", "aria-label": t("region.label") });
  const grip = svg("circle", { class: "grip", r: Math.max(across, down) / 45 });
  // The same fitting as the picture's `object-fit: contain`, so that the two lie on each other.
  const board = svg("svg", { class: "framer", viewBox: `0 0 ${across} ${down}`, preserveAspectRatio: "xMidYMid meet" }, shade, frame, grip);
  let region = photo.region;

  function draw() {
    board.classList.toggle("is-framed", region !== null);
    for (const part of [shade, frame, grip]) part.toggleAttribute("hidden", region === null);
    frame.setAttribute("tabindex", region ? "0" : "-1");
    if (!region) return;
    const [x, y, wide, high] = [region.left * across, region.top * down, region.width * across, region.height * down];
    for (const [name, value] of Object.entries({ x, y, width: wide, height: high })) frame.setAttribute(name, value);
    shade.setAttribute("d", `M0 0H${across}V${down}H0zM${x} ${y}h${wide}v${high}h${-wide}z`);
    grip.setAttribute("cx", x + wide);
    grip.setAttribute("cy", y + high);
  }

  function set(next) {
    region = next;
    draw();
  }

  function pointOf(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(board.getScreenCTM().inverse());
    return [clamp(x / across, 0, 1), clamp(y / down, 0, 1)];
  }

  board.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || (event.pointerType === "touch" && !region)) return;
    event.preventDefault();
    const start = pointOf(event);
    const drag = dragOf(event.target, start, region);
    let dragged = false;
    board.setPointerCapture(event.pointerId);
    const isOnFrame = event.target === frame || event.target === grip;
    const move = (moved) => {
      const next = drag(pointOf(moved));
      dragged ||= Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) > 6;
      if (dragged && next.width >= LEAST && next.height >= LEAST) set(next);
    };
    const end = () => {
      board.removeEventListener("pointermove", move);
      // Without a drag the frame comes to where was tapped: dragging is not for everybody.
      if (!dragged && region && !isOnFrame) set(inside({ ...region, left: start[0] - region.width / 2, top: start[1] - region.height / 2 }));
      if (region) onChange(region);
    };
    board.addEventListener("pointermove", move);
    board.addEventListener("lostpointercapture", end, { once: true });
  });

  frame.addEventListener("keydown", (event) => {
    const [dx, dy] = MOVES[event.key] ?? [0, 0];
    if (dx || dy) {
      const by = { left: dx * STEP, top: dy * STEP };
      set(event.shiftKey ? resized(region, by) : inside({ ...region, left: region.left + by.left, top: region.top + by.top }));
      onChange(region);
    } else if (event.key === "Delete" || event.key === "Backspace") onChange(null);
    else return;
    event.preventDefault();
  });

  /** What a drag from `start` does: size the frame by its grip, move it, or draw a new one. */
  function dragOf(target, start, from) {
    if (target === grip) return ([x, y]) => resized(from, { left: x - from.left - from.width, top: y - from.top - from.height });
    if (target === frame) return ([x, y]) => inside({ ...from, left: from.left + x - start[0], top: from.top + y - start[1] });
    return ([x, y]) => ({ left: Math.min(x, start[0]), top: Math.min(y, start[1]), width: Math.abs(x - start[0]), height: Math.abs(y - start[1]) });
  }

  draw();
  return board;
}

const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

function inside({ left, top, width, height }) {
  return { left: clamp(left, 0, 1 - width), top: clamp(top, 0, 1 - height), width, height };
}

function resized({ left, top, width, height }, by) {
  return { left, top, width: clamp(width + by.left, LEAST, 1 - left), height: clamp(height + by.top, LEAST, 1 - top) };
}
