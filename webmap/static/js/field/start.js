// The three signs, and after them what it is about.
import { begunList } from "./begun.js";
import { button, hasIcon, head, icon, link, make, notice, shape } from "./parts.js";
import { count, say } from "./sayings.js";
import { tileWords } from "./telling.js";

const SIGNS = ["unsafe", "safe", "improvement"];
const OTHERWISE = { "safe sightline": "sight", "improvement sightline": "sight", "safe deserted": "people", "improvement deserted": "people" };

const sign = (app, code) =>
  make(
    "button",
    { type: "button", class: `pol ${code}`, onclick: () => app.begin(code) },
    shape(code),
    make("span", {}, say(code), make("small", {}, say(`${code}_more`))),
  );

const isApple = () => /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
const isInstalled = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

// What another walk has left here: it is sent from here too.
const elsewhereNote = (app, left) =>
  make(
    "section",
    { class: "elsewhere", "aria-label": left.title },
    notice("wait", make("b", {}, count("left_of", left.count, { title: left.title })), make("p", {}, say(`left_${left.trouble || "more"}`))),
    make(
      "div",
      { class: "pair" },
      left.code ? link("next", say("left_open"), { href: `/w/${left.code}/field` }) : null,
      button("share", say("export"), { onclick: () => app.export(left) }),
    ),
  );

export const startScreen = (app) => {
  const { walk } = app;
  const stop = walk.stops.find((each) => each.id === app.stopHere());
  const where = stop ? say("stop_of", { n: stop.number, of: walk.stops.length, name: stop.name }) : walk.title;
  const { group, groups } = app.group;
  const asksHome = isApple() && !isInstalled() && !app.isPersisted && !app.hasSeenHome;
  const understood = () => {
    app.hasSeenHome = true;
    app.render();
  };
  return make(
    "div",
    { class: "screen start" },
    make(
      "main",
      { id: "main" },
      make("div", {}, make("h1", { tabindex: "-1" }, say("what")), make("p", { class: "under" }, groups > 1 ? [make("b", {}, say("group", { n: group })), ". "] : null, where)),
      walk.is_open ? null : notice("calm", say("closed")),
      app.elsewhere.left().map((each) => elsewhereNote(app, each)),
      asksHome && notice("wait", make("b", {}, say("add_home")), make("p", {}, say("add_home_how")), button("check", say("add_home_ok"), { onclick: understood })),
      begunList(app),
      SIGNS.map((code) => sign(app, code)),
    ),
    make(
      "nav",
      { class: "bar" },
      link("list", app.standing.counts.saved ? `${say("mine")} ${app.standing.counts.saved}` : say("mine"), { href: "#mine", class: "big-button tab" }),
      link("map", say("map"), { href: "#map", class: "big-button tab" }),
      walk.themes.length ? link("checks", say("check_short"), { href: "#check", class: "big-button tab" }) : null,
      link("menu", say("more"), { href: "#more", class: "big-button tab" }),
    ),
  );
};

const tile = (app, draft, code) => {
  const sign = draft.polarity;
  const name = OTHERWISE[`${sign} ${code}`] ?? code;
  const isOn = draft.categories[0] === code;
  return make(
    "button",
    { type: "button", class: `tile ${sign}${isOn ? " is-on" : ""}`, "aria-pressed": String(isOn), onclick: () => app.choose(draft, code) },
    make("span", { class: "tile-marks" }, hasIcon(name) ? icon(name) : shape(sign), isOn && icon("check")),
    make("span", {}, tileWords(sign, code)),
  );
};

export const tilesScreen = (app, draft) => {
  const sign = draft.polarity;
  const codes = app.walk.tiles[sign].map((each) => each.code);
  const last = codes.at(-1);
  return make(
    "div",
    { class: "screen types" },
    head(say(`what_${sign}`), { back: "#", sign, backWords: say("back") }),
    make(
      "main",
      { id: "main" },
      make("p", { class: "under" }, say("best_fit")),
      make("div", { class: "tiles" }, codes.slice(0, -1).map((code) => tile(app, draft, code))),
      button(null, tileWords(sign, last), { class: "big-button wide", onclick: () => app.choose(draft, last) }),
    ),
  );
};
