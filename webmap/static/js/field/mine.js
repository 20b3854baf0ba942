// Everything this phone has said on the walk, and how far each has come, in words.
import { secondsLeft } from "./bar.js";
import { button, head, icon, make, notice, shape } from "./parts.js";
import { clock, count, say } from "./sayings.js";
import { helpWords, stateWords, titleOf } from "./telling.js";

const MARKS = { received: "check", aside: "check", needs_help: "warning", withdrawn: "trash" };
const placeOf = (app, content) => {
  const stop = app.walk.stops.find((each) => each.id === content.stop);
  return stop?.name || content.place_text || "";
};

const rowWords = (app, entry) => {
  if (!entry.content) return [entry.kind === "check" ? say("check_title") : say("finding"), ""];
  if (entry.kind === "check") {
    const stop = app.walk.stops.find((each) => each.id === entry.content.stop);
    return [say("check_of", { n: stop?.number ?? "" }), stop?.name ?? ""];
  }
  return [titleOf(entry.content), placeOf(app, entry.content)];
};

export const entryRow = (app, entry) => {
  const [title, place] = rowWords(app, entry);
  const photos = entry.photos.filter((photo) => photo.state === "saved").length;
  const parts = [place, clock(entry.createdAt)].filter(Boolean).join(", ");
  const canOpen = entry.content && entry.kind === "finding" && entry.state !== "withdrawn";
  const sign = entry.kind === "check" ? icon("checks") : entry.content ? shape(entry.content.polarity) : icon("check");
  const inside = [
    make("span", { class: "row-mark" }, sign),
    make(
      "span",
      { class: "row-words" },
      make("b", {}, title),
      make("small", {}, parts, photos ? `. ${count("photos", photos)}` : ""),
      make("span", { class: `state ${entry.state}` }, icon(MARKS[entry.state] ?? "clock"), stateWords(entry)),
      entry.state === "needs_help" ? make("small", {}, helpWords(entry)) : null,
    ),
  ];
  return make("li", {}, canOpen ? make("a", { href: `#one/${entry.id}` }, inside, icon("next")) : make("div", {}, inside));
};

const standingNote = (app) => {
  const { counts, hasNet, phase } = app.standing;
  if (phase === "needs_code")
    return notice("wait", make("b", {}, say("needs_code")), make("p", {}, make("a", { class: "big-button", href: "#code" }, say("code_title"))));
  if (!counts.waiting && !counts.photosWaiting) return null;
  const first = counts.waiting ? say(hasNet ? "soon" : "waiting", { n: counts.waiting }) : count("photos", counts.photosWaiting);
  const again = make("span", { "aria-live": "off" });
  const tick = () => {
    const seconds = secondsLeft(app.standing);
    again.textContent = seconds && !app.standing.hasNet && app.standing.phase !== "sending" ? say("we_try_again", { s: seconds }) : "";
    if (again.isConnected || !seconds) setTimeout(tick, 1000);
  };
  setTimeout(tick, 0);
  return notice("wait", make("b", {}, first), make("p", {}, `${say("saved_safely")} `, again));
};

export const download = (blob, name) => {
  const address = URL.createObjectURL(blob);
  const pulled = make("a", { href: address, download: name });
  document.body.append(pulled);
  pulled.click();
  pulled.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};

export const exportButton = (app, said) =>
  button("share", say("export"), {
    onclick: async () => {
      const leftOut = await app.export();
      said.textContent = leftOut ? count("exported_without", leftOut) : say("exported");
    },
  });

export const mineScreen = (app) => {
  const said = make("p", { class: "under", role: "status" });
  return make(
    "div",
    { class: "screen mine" },
    head(say("mine_title"), { back: "#", backWords: say("back") }),
    make(
      "main",
      { id: "main" },
      standingNote(app),
      app.entries.length ? make("ul", { class: "outbox" }, app.entries.map((entry) => entryRow(app, entry))) : make("p", {}, say("mine_empty")),
      said,
      app.entries.length ? make("p", { class: "under" }, say("keep_phone")) : null,
    ),
    make("div", { class: "bar" }, exportButton(app, said), button(null, say("send_now"), { class: "big-button primary", onclick: () => app.sendNow() })),
  );
};
