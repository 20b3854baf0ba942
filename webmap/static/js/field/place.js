// Where it is: where one stands, a place pointed at, a stop, or words. Saving never waits for any of them.
import { apart_m } from "./chart.js";
import { button, head, make } from "./parts.js";
import { say } from "./sayings.js";
import { tileWords } from "./telling.js";

const POOR_M = 50;
const LONGEST_PLACE = 200;
const NEAR_STOP_M = 150;
const SUGGESTED = 3;

// The stop that is nearest, by the position or the mark; else the one of last time, else the first.
export const nearestStop = (walk, at, otherwise) => {
  const placed = walk.stops.filter((stop) => stop.lat !== null);
  if (at && placed.length) {
    const [near] = placed.map((stop) => ({ stop, far: apart_m(at, stop) })).sort((a, b) => a.far - b.far);
    if (near.far <= NEAR_STOP_M || !otherwise) return near.stop;
  }
  return walk.stops.find((stop) => stop.id === otherwise) ?? walk.stops[0] ?? null;
};

// What is known of the place, in words.
const sayPlace = ({ walk, position }, draft) => {
  const source = draft.position?.source;
  if (draft.stop) {
    const stop = walk.stops.find((each) => each.id === draft.stop);
    if (stop) return say("at_stop_said", { n: stop.number, name: stop.name });
  }
  if (source === "map") return say("pointed");
  const fix = position.fix();
  if (fix) return say(fix.accuracy_m > POOR_M ? "unsure" : "sure", { m: Math.max(1, Math.round(fix.accuracy_m)) });
  if (position.state() === "seeking") return say("seeking");
  return say(position.state() === "denied" ? "denied" : "no_fix");
};

const matches = (walk, typed) => {
  const asked = typed.trim().toLocaleLowerCase("sv");
  if (asked.length < 2) return [];
  const names = [...walk.stops, ...walk.places].map(({ name }) => name);
  return [...new Set(names)].filter((name) => name.toLocaleLowerCase("sv").includes(asked)).slice(0, SUGGESTED);
};

const placeWords = (app, draft, close) => {
  const { walk } = app;
  const said = (words) => app.drafts.change(draft.key, { place_text: words });
  const found = make("div", { class: "found" });
  const field = make("input", {
    class: "typed",
    id: "place-words",
    type: "text",
    maxlength: LONGEST_PLACE,
    autocomplete: "off",
    "aria-describedby": "place-hint",
  });
  field.value = draft.place_text ?? "";
  const choose = (name) => {
    field.value = name;
    said(name);
    found.replaceChildren();
    field.focus();
  };
  field.addEventListener("input", () => {
    said(field.value);
    found.replaceChildren(...matches(walk, field.value).map((name) => button("pin", name, { onclick: () => choose(name) })));
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // or the button that is reached is pressed as well
    close();
  });
  return make(
    "div",
    { class: "place-words" },
    make("label", { for: "place-words" }, say("place_words")),
    make("p", { class: "hint", id: "place-hint" }, say("place_hint")),
    field,
    found,
  );
};

export const placeScreen = (app, draft) => {
  const { chart, position, walk } = app;
  const said = make("p", { class: "where-said", role: "status" });
  const slot = make("section", { class: "chart-slot", "aria-label": say("map") });
  const written = make("div", { hidden: true });
  const problem = make("p", { class: "problem", role: "alert", hidden: true }, say("not_saved"));

  const stop = () => nearestStop(walk, position.fix(), app.stopHere());
  const point = (at) => set({ position: { lon: at.lon, lat: at.lat, accuracy_m: null, fix_age_s: null, source: "map" }, stop: null });
  const set = (change) => {
    app.drafts.change(draft.key, change);
    draw();
  };
  const atStop = () => {
    const here = stop();
    if (!here) return;
    const isPlaced = here.lat !== null;
    const there = isPlaced ? { lon: here.lon, lat: here.lat, accuracy_m: null, fix_age_s: null, source: "stop" } : null;
    app.keepStop(here.id);
    set({ position: there, stop: here.id });
    if (isPlaced) chart.lookAt(here, { isForced: true });
  };
  const again = () => {
    set({ position: null, stop: null });
    position.start();
  };
  const write = () => {
    written.hidden = !written.hidden;
    if (!written.hidden) {
      written.replaceChildren(placeWords(app, draft, () => save.focus()));
      written.querySelector("input").focus();
    }
  };
  const draw = () => {
    const fix = position.fix();
    said.textContent = sayPlace(app, draft);
    chart.setMe(fix);
    chart.setMark(draft.position);
    if (fix && !draft.position) chart.lookAt(fix);
    const here = stop();
    const words = here && say("at_stop", { n: here.number });
    if (here && stopButton.lastChild.textContent !== words) stopButton.lastChild.textContent = words;
  };
  const keep = async () => {
    save.disabled = true;
    problem.hidden = true;
    try {
      await app.save(draft);
    } catch {
      save.disabled = false;
      problem.hidden = false;
    }
  };

  const stopButton = walk.stops.length ? button("pin", say("at_stop", { n: stop().number }), { onclick: atStop }) : null;
  const save = button(null, say("save"), { class: "big-button primary", onclick: keep });
  const screen = make(
    "div",
    { class: "screen place" },
    head(say("is_it_here", { what: tileWords(draft.polarity, draft.categories[0]) }), { back: `#type/${draft.key}`, said, backWords: say("back") }),
    slot,
    make(
      "main",
      { id: "main" },
      written,
      problem,
      make(
        "div",
        { class: "ways" },
        button("target", say("measure_again"), { onclick: again }),
        stopButton,
        button("move", say("move_here"), { "aria-label": say("move_here_long"), onclick: () => point(chart.middle()) }),
        button("pen", say("write_place"), { onclick: write }),
      ),
    ),
    make("div", { class: "bar" }, save),
  );
  const forget = position.onChange(draw);
  return {
    element: screen,
    shown: () => {
      chart.show(slot, { words: say("map_label"), mark: point });
      slot.append(chart.zoomButtons(), make("span", { class: "cross", "aria-hidden": "true" }));
      chart.setFinds(app.entries);
      chart.lookAtAll();
      if (draft.position) chart.lookAt(draft.position, { isForced: true });
      draw();
    },
    gone: () => {
      forget();
      position.stop();
    },
  };
};
