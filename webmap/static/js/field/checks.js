// The checklist of a stop: theme by theme good or poor, and what one has not seen left out.
import { checkKey } from "./drafting.js";
import { button, head, icon, make } from "./parts.js";
import { say } from "./sayings.js";

const ANSWERS = ["good", "poor"];

const lastOf = (app, stop) => app.entries.find((entry) => entry.kind === "check" && entry.content?.stop === stop && entry.state !== "withdrawn");

export const checksScreen = (app) => {
  const row = (stop) =>
    make(
      "li",
      {},
      make(
        "a",
        { href: `#check/${stop.id}` },
        make("span", { class: "row-number" }, String(stop.number)),
        make("span", { class: "row-words" }, make("b", {}, stop.name), lastOf(app, stop.id) ? make("small", {}, say("check_done")) : null),
        icon("next"),
      ),
    );
  return make(
    "div",
    { class: "screen checks" },
    head(say("check_title"), { back: "#", backWords: say("back") }),
    make("main", { id: "main" }, make("p", { class: "under" }, say("check_choose")), make("ol", { class: "outbox" }, app.walk.stops.map(row))),
  );
};

const themeRow = (theme, answers, changed) => {
  const label = say(`theme_${theme.code}`);
  const buttons = ANSWERS.map((answer) => {
    const isOn = () => answers[theme.code] === answer;
    const press = () => {
      if (isOn()) delete answers[theme.code];
      else answers[theme.code] = answer;
      for (const each of buttons) each.draw();
      changed();
    };
    const made = make("button", { type: "button", class: `answer ${answer}`, onclick: press }, icon("check"), make("span", {}, say(`check_${answer}`)));
    made.draw = () => {
      made.setAttribute("aria-pressed", String(isOn()));
      made.classList.toggle("is-on", isOn());
    };
    made.draw();
    return made;
  });
  return make("fieldset", { class: "theme" }, make("legend", {}, label), make("p", { class: "hint" }, say(`hint_${theme.code}`)), make("div", { class: "pair" }, buttons));
};

export const checkScreen = (app, stop) => {
  const before = lastOf(app, stop.id);
  const answers = { ...(app.drafts.get(checkKey(stop.id)) ?? before?.content)?.answers };
  const problem = make("p", { class: "problem", role: "alert", hidden: true });
  const fail = (key) => {
    problem.textContent = say(key);
    problem.hidden = false;
    problem.scrollIntoView({ block: "center" });
  };
  const keep = async () => {
    if (!Object.keys(answers).length) return fail("check_empty");
    try {
      return await app.saveCheck(stop, answers, before);
    } catch {
      return fail("not_saved");
    }
  };
  return make(
    "div",
    { class: "screen check" },
    head(say("check_of", { n: stop.number }), { back: "#check", said: make("p", { class: "where-said" }, stop.name), backWords: say("back") }),
    make(
      "main",
      { id: "main" },
      stop.note ? make("p", {}, stop.note) : null,
      make("p", { class: "under" }, say("check_hint")),
      app.walk.themes.map((theme) => themeRow(theme, answers, () => app.checkChanged(stop, answers, before?.content.answers))),
      problem,
    ),
    make("div", { class: "bar" }, button(null, say("check_save"), { class: "big-button primary", onclick: keep })),
  );
};
