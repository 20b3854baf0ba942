// What a thing said is called, and how far it has come.
import { clock, isSaid, say } from "./sayings.js";

const HELPS = { "finding.content_differs": "content_differs", content_differs: "content_differs" };
const OF_PHOTOS = { too_big: "photo_too_large", refused: "photo_refused", lost: "photo_lost" };

// What is the matter with a photo that does not go by itself; null where it does.
export const photoTrouble = (photo) => (photo.state in OF_PHOTOS ? say(`help_${OF_PHOTOS[photo.state]}`) : null);

// Why it does not come through, and what to do.
export const helpWords = (entry) => {
  const photo = entry.photos.find((each) => each.lastError === entry.lastError && photoTrouble(each));
  if (photo) return photoTrouble(photo);
  const known = HELPS[entry.lastError] ?? (/^http\.4(13|22)|unreadable|not_json|too_large/.test(entry.lastError ?? "") ? "not_readable" : "other");
  return say(isSaid(`help_${known}`) ? `help_${known}` : "help_other");
};

export const tileWords = (sign, code) => say(`tile_${sign}_${code}`);

export const titleOf = (content) => {
  const code = content.categories[0];
  return ["other", "safe_place", "improvement"].includes(code) ? say(content.polarity) : tileWords(content.polarity, code);
};

export const stateWords = (entry) => {
  if (entry.isAfloat && !entry.receipt) return say("state_afloat");
  if (entry.state === "received" && entry.receipt?.received_at) return say("state_received_at", { at: clock(entry.receipt.received_at) });
  return say(`state_${entry.state}`);
};
