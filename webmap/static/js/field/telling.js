// What a thing said is called, and how far it has come.
import { clock, say } from "./sayings.js";

export const tileWords = (sign, code) => say(`tile_${sign}_${code}`);

export const titleOf = (content) => {
  const code = content.categories[0];
  return ["other", "safe_place", "improvement"].includes(code) ? say(content.polarity) : tileWords(content.polarity, code);
};

export const stateWords = (entry) => {
  if (entry.state === "received" && entry.receipt?.received_at) return say("state_received_at", { at: clock(entry.receipt.received_at) });
  return say(`state_${entry.state}`);
};
