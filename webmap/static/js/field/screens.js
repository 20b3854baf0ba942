// Which screen an address means; none where what it needs is not there.
import { afterScreen } from "./after.js";
import { checkScreen, checksScreen } from "./checks.js";
import { mineScreen } from "./mine.js";
import { codeScreen, leaveScreen, mapScreen, moreScreen } from "./more.js";
import { placeScreen } from "./place.js";
import { startScreen, tilesScreen } from "./start.js";

const SCREENS = {
  "": startScreen,
  type: (app, key) => (app.drafts.get(key)?.polarity ? tilesScreen(app, app.drafts.get(key)) : null),
  place: (app, key) => (app.drafts.get(key)?.categories?.length ? placeScreen(app, app.drafts.get(key)) : null),
  after: (app, id) => entryScreen(app, id, true),
  one: (app, id) => entryScreen(app, id, false),
  mine: mineScreen,
  map: mapScreen,
  check: (app, id) => {
    const stop = app.walk.stops.find((each) => each.id === id);
    return stop ? checkScreen(app, stop) : checksScreen(app);
  },
  more: moreScreen,
  leave: (app) => leaveScreen(app, app.unsent ?? []),
  code: codeScreen,
};

const entryScreen = (app, id, isNew) => {
  const entry = app.entries.find((each) => each.id === id && each.content && each.kind === "finding" && each.state !== "withdrawn");
  return entry ? afterScreen(app, entry, { isNew }) : null;
};

export const screenOf = (app, route) => {
  const [name, ...rest] = route.split("/");
  return SCREENS[name]?.(app, rest.join("/")) ?? null;
};
