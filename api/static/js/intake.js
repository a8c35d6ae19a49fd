// The ways a photo gets in: chosen, taken, dropped anywhere, pasted. Hands files on, keeps none.

/**
 * Wires the four ways. `onFiles(files)` is called with at least one file, `onLink()` when
 * something without a file, such as a picture of another page, was dropped.
 */
export function takeIn({ choosers, fileInput, captureButton, cameraInput, veil, onFiles, onLink }) {
  for (const button of choosers) button.addEventListener("click", () => fileInput.click());
  captureButton.addEventListener("click", () => cameraInput.click());
  for (const input of [fileInput, cameraInput]) {
    input.addEventListener("change", () => {
      const files = [...input.files];
      // Emptied, so that the same file can be chosen again after it was removed.
      input.value = "";
      if (files.length) onFiles(files);
    });
  }
  acceptDrops(veil, onFiles, onLink);
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    onFiles(files);
  });
}

function acceptDrops(veil, onFiles, onLink) {
  // dragenter and dragleave fire for every element on the way; the count says when all are left.
  let depth = 0;
  const over = (event) => [...event.dataTransfer.types].some((type) => type === "Files" || type === "text/uri-list");
  const show = (now) => {
    depth = now;
    veil.hidden = depth === 0;
  };
  addEventListener("dragenter", (event) => {
    if (!over(event)) return;
    event.preventDefault();
    show(depth + 1);
  });
  addEventListener("dragover", (event) => {
    if (over(event)) event.preventDefault();
  });
  addEventListener("dragleave", (event) => {
    if (over(event)) show(Math.max(0, depth - 1));
  });
  addEventListener("drop", (event) => {
    show(0);
    if (!over(event)) return;
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    if (files.length) onFiles(files);
    else onLink();
  });
}
