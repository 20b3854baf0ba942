// The rest: how it looks, the language, the code, leaving, and the map to look at.
import { begunList } from "./begun.js";
import { THEMES } from "./daylight.js";
import { join } from "./joining.js";
import { entryRow, exportButton } from "./mine.js";
import { button, head, link, make, notice } from "./parts.js";
import { language, say } from "./sayings.js";

const LANGUAGES = { sv: "Svenska", en: "English" };

const choices = (name, legend, options, chosen, choose) =>
  make(
    "fieldset",
    { class: "scale" },
    make("legend", {}, legend),
    options.map(([value, words]) =>
      make(
        "label",
        { class: "choice", lang: name === "language" ? value : null },
        make("input", { type: "radio", name, value, checked: value === chosen, onchange: () => choose(value) }),
        make("span", {}, words),
      ),
    ),
  );

const groupChoice = (app) => {
  const numbers = Array.from({ length: app.group.groups }, (_, at) => at + 1);
  const options = numbers.map((n) => [n, say("group", { n })]);
  return choices("group", say("own_group"), options, app.group.group, (n) => app.goIn(n));
};

export const moreScreen = (app) =>
  make(
    "div",
    { class: "screen more" },
    head(say("more_title"), { back: "#", backWords: say("back") }),
    make(
      "main",
      { id: "main" },
      make("p", {}, make("b", {}, app.walk.title)),
      make("a", { class: "big-button danger", href: "tel:112" }, make("span", {}, say("emergency"))),
      app.canInstall() ? button("plus", say("add_home_button"), { onclick: () => app.install() }) : null,
      app.group.groups > 1 ? groupChoice(app) : null,
      choices(
        "theme",
        say("theme"),
        THEMES.map((theme) => [theme, say(`theme_${theme}`)]),
        app.daylight.chosen(),
        (theme) => app.daylight.choose(theme),
      ),
      choices("language", say("language"), Object.entries(LANGUAGES), language(), (code) => app.speak(code)),
      link("next", say("about_walk"), { href: `/w/${app.walk.code}` }),
      link("back", say("leave"), { href: "#leave" }),
    ),
  );

export const leaveScreen = (app, unsent) => {
  const said = make("p", { class: "under", role: "status" });
  const leave = () =>
    app.leave().catch(() => {
      app.render();
    });
  const begun = begunList(app);
  const isSent = unsent.length === 0;
  const isFree = isSent && !begun;
  return make(
    "div",
    { class: "screen leave" },
    head(say("leave_title"), { back: "#more", backWords: say("back") }),
    make(
      "main",
      { id: "main" },
      isFree ? make("p", {}, say("leave_free")) : notice("wait", make("b", {}, say("leave_stop"))),
      isSent ? null : make("ul", { class: "outbox" }, unsent.map((entry) => entryRow(app, entry))),
      begun && [make("p", { class: "under" }, say("leave_begun")), begun],
      isSent ? null : make("p", { class: "under" }, say("keep_phone")),
      said,
    ),
    isSent && !isFree
      ? null
      : make(
          "div",
          { class: "bar" },
          isFree
            ? button(null, say("leave_now"), { class: "big-button primary", onclick: leave })
            : [exportButton(app, said), button(null, say("send_now"), { class: "big-button primary", onclick: () => app.sendNow() })],
        ),
  );
};

export const codeScreen = (app) => {
  const problem = make("p", { class: "problem", role: "alert", hidden: true });
  const said = make("p", { class: "under", role: "status" });
  const file = exportButton(app, said);
  file.hidden = true;
  const field = make("input", { class: "typed", id: "code", type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 40 });
  const send = async () => {
    const code = field.value.replace(/[^\p{L}\p{N}]/gu, "").toUpperCase();
    const outcome = await join(app.store, app.walk.walk, code);
    if (outcome === "joined") {
      app.sendNow();
      app.go("");
      return;
    }
    problem.textContent = say(`code_${outcome}`);
    problem.hidden = false;
    file.hidden = outcome !== "over";
    (file.hidden ? field : file).focus();
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") send();
  });
  return make(
    "div",
    { class: "screen code" },
    head(say("code_title"), { back: "#", backWords: say("back") }),
    make("main", { id: "main" }, make("p", {}, say("code_why")), make("label", { for: "code" }, say("code_label")), field, problem, file, said),
    make("div", { class: "bar" }, button(null, say("code_go"), { class: "big-button primary", onclick: send })),
  );
};

export const mapScreen = (app) => {
  const slot = make("main", { class: "chart-slot", id: "main" });
  const { chart, position } = app;
  const draw = () => {
    const fix = position.fix();
    chart.setMe(fix);
    if (fix) chart.lookAt(fix);
  };
  const forget = position.onChange(draw);
  return {
    element: make(
      "div",
      { class: "screen chart-screen" },
      head(say("map"), { back: "#", said: make("p", { class: "where-said" }, app.walk.title), backWords: say("back") }),
      slot,
      make(
        "div",
        { class: "bar" },
        button("map", say("whole_walk"), { onclick: () => chart.lookAtAll() }),
        button("target", say("where_i_am"), { onclick: () => position.start() }),
      ),
    ),
    shown: () => {
      chart.show(slot, { words: say("map_only_label") });
      slot.append(chart.zoomButtons());
      chart.setMark(null);
      chart.setFinds(app.entries);
      chart.lookAtAll();
    },
    gone: () => {
      forget();
      position.stop();
    },
  };
};
