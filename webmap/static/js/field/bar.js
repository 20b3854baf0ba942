// The top bar: how much is saved, received and waiting, in words, on every screen.
import { icon, make } from "./parts.js";
import { count, say } from "./sayings.js";

const ICONS = { offline: "offline", needs_code: "warning", help: "warning", done: "check", sending: "cloud" };

// What needs saying first, and how it looks.
const first = ({ counts, phase, hasNet, elsewhere }) => {
  if (phase === "needs_code") return ["needs_code", say("needs_code")];
  if (counts.needsHelp) return ["help", count("help", counts.needsHelp)];
  if (counts.waiting && phase === "sending") return ["sending", say("sending", { n: counts.waiting })];
  if (counts.waiting) return [hasNet ? "sending" : "offline", say(hasNet ? "soon" : "waiting", { n: counts.waiting })];
  if (counts.photosWaiting) return ["offline", count("photos", counts.photosWaiting)];
  if (elsewhere) return ["offline", count("elsewhere", elsewhere)];
  return counts.saved ? ["done", say("all_received")] : ["done", say("none_yet")];
};

const second = ({ counts, health }) => {
  if (["afloat", "full"].includes(health)) return say("in_memory");
  if (!counts.saved) return "";
  const parts = [count("saved", counts.saved), count("received", counts.received)];
  if (counts.photosWaiting && (counts.waiting || counts.needsHelp)) parts.push(count("photos", counts.photosWaiting));
  return parts.join(", ");
};

// standing: {counts, elsewhere, phase, nextAtMs, hasNet, health}; secondsLeft: of its wait.
export const secondsLeft = ({ nextAtMs }, now = Date.now()) => (nextAtMs === null ? null : Math.max(0, Math.ceil((nextAtMs - now) / 1000)));

export const newBar = () => {
  const lead = make("b", {});
  const wait = make("span", { class: "sync-wait" });
  const rest = make("span", { class: "sync-rest" });
  const mark = make("span", { class: "sync-mark" });
  const inside = make("span", { class: "sync-words" }, make("span", {}, lead, wait), rest);
  const arrow = make("span", { class: "sync-arrow" }, icon("next"));
  const row = make("a", { class: "sync", href: "#mine" }, mark, inside, arrow);
  const live = make("p", { class: "vh", role: "status" }); // said aloud when it changes, and not each second
  const box = make("section", { "aria-label": say("standing") }, row, live);
  let now = null;
  let shown = "";

  const tick = () => {
    if (!now) return;
    const seconds = secondsLeft(now);
    const isWaiting = now.counts.waiting + now.counts.photosWaiting > 0 && seconds && !now.hasNet && now.phase !== "sending";
    wait.textContent = isWaiting ? ` (${say("retry", { s: seconds })})` : "";
  };
  const put = (element, words) => {
    if (element.textContent !== words) element.textContent = words;
  };

  setInterval(tick, 1000);
  return {
    box,
    // isCompact: where a screen has its own head; then it is only read.
    update: (standing, { isCompact }) => {
      now = standing;
      const [kind, words] = first(standing);
      put(lead, words);
      put(rest, second(standing));
      put(live, [words, second(standing)].filter(Boolean).join(". "));
      if (shown !== kind) mark.replaceChildren(icon(ICONS[kind]));
      shown = kind;
      row.dataset.kind = ["afloat", "full"].includes(standing.health) ? "danger" : kind;
      row.classList.toggle("is-compact", isCompact);
      if (isCompact) row.removeAttribute("href");
      else row.setAttribute("href", standing.phase === "needs_code" ? "#code" : "#mine");
      arrow.hidden = isCompact;
      tick();
    },
  };
};
