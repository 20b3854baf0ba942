// Pictures as they are sent: shrunk, turned the right way up, and nothing in them but their pixels.
import { named } from "./shelf.js";

export const LONGEST_PX = 1600;
export const SMALLER_PX = [1280, 960];
const QUALITIES = [0.72, 0.6, 0.5];
const MOST_BYTES = 350_000;

// The first of a few qualities that is small enough for a bad line, else the last.
export const shrink = async (file, longestPx = LONGEST_PX) => {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw named("PhotoUnreadable", file.type || "unknown");
  }
  const share = Math.min(1, longestPx / Math.max(bitmap.width, bitmap.height));
  const canvas = newCanvas(Math.max(1, Math.round(bitmap.width * share)), Math.max(1, Math.round(bitmap.height * share)));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  for (const quality of QUALITIES) {
    const blob = await drawn(canvas, quality);
    if (!blob) throw named("PhotoUnreadable", "no picture");
    if (blob.size <= MOST_BYTES || quality === QUALITIES.at(-1)) return blob;
  }
};

const newCanvas = (width, height) => {
  if (!self.document) return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
};

const drawn = (canvas, quality) => {
  if (canvas.convertToBlob) return canvas.convertToBlob({ type: "image/jpeg", quality });
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
};
