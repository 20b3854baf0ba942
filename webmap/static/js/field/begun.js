// What was begun and is not saved, offered to go on with or to throw away.
import { button, make, notice } from "./parts.js";
import { clock, say } from "./sayings.js";
import { titleOf } from "./telling.js";

const entryTitle = (app, id) => {
  const entry = app.entries.find((each) => each.id === id);
  return entry?.content ? titleOf(entry.content) : say("finding");
};

const findingTitle = (draft) => {
  const [sign, what] = [say(draft.polarity), titleOf(draft)];
  return sign === what ? sign : `${sign}, ${what}`;
};

export const begunTitle = (app, draft) => {
  if (draft.polarity) return findingTitle(draft);
  const [kind, id] = draft.key.split("/");
  if (kind === "one") return say("change_of", { what: entryTitle(app, id) });
  const stop = app.walk.stops.find((each) => each.id === id);
  return stop ? say("check_of", { n: stop.number }) : say("check_title");
};

const offered = (app, draft) => {
  const what = begunTitle(app, draft);
  const words = make(
    "span",
    { class: "row-words" },
    make("b", {}, say("go_on", { what, at: clock(draft.began_ms) })),
    draft.place_text ? make("small", {}, draft.place_text) : null,
  );
  return make(
    "li",
    { class: "begun" },
    make("button", { type: "button", class: "big-button go-on", onclick: () => app.goOn(draft) }, words),
    button("trash", "", { class: "big-button only", "aria-label": say("throw_away", { what }), onclick: () => app.askThrow(draft.key) }),
  );
};

const asked = (app, draft) =>
  make(
    "li",
    { class: "begun is-asked" },
    notice("wait", make("b", {}, begunTitle(app, draft)), make("p", {}, say("throw_sure"))),
    make(
      "div",
      { class: "pair" },
      button("trash", say("throw_yes"), { class: "big-button danger", onclick: () => app.throwAway(draft.key) }),
      button(null, say("withdraw_no"), { onclick: () => app.askThrow(null) }),
    ),
  );

// Each that is begun, the newest first; null where there is none.
export const begunList = (app) => {
  const drafts = app.drafts.begun();
  if (!drafts.length) return null;
  return make("ul", { class: "begun-list" }, drafts.map((draft) => (draft.key === app.asked ? asked(app, draft) : offered(app, draft))));
};
