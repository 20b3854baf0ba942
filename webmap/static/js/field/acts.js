// What one does on the screens: tell something, add to it, change it, answer at a stop. Each begun thing has a draft of
// its own, which is given back where it could not be saved.
import { checkKey, entryKey, newKey, routeOf } from "./drafting.js";

const HOLD_MS = 120_000;

const isSame = (one, other) => JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());

// shell: { instead, refresh, send }: of the app that these acts are added to.
export const addActs = (app, shell) => {
  const { store, walk, drafts, position } = app;

  // Saves what a draft holds; the draft goes with it, in the same write.
  const saved = async (key, save) => {
    const draft = drafts.take(key);
    try {
      return await save(draft);
    } catch (fault) {
      drafts.giveBack(draft);
      throw fault;
    }
  };

  app.begin = (polarity) => {
    position.start();
    const key = newKey();
    drafts.put(key, { polarity, categories: [], position: null, stop: null, place_text: "", step: "type" });
    app.go(routeOf(drafts.get(key)));
  };
  app.choose = (draft, category) => {
    if (position.state() === "none") position.start();
    drafts.change(draft.key, { categories: [category], step: "place" });
    app.go(routeOf(draft));
  };
  app.goOn = (draft) => {
    if (draft.step === "place" && !draft.position) position.start();
    app.go(routeOf(draft));
  };
  app.askThrow = (key) => {
    app.asked = key;
    app.render();
    app.focusOn(".is-asked button", ".begun .go-on", "h1");
  };
  app.throwAway = async (key) => {
    await drafts.drop(key);
    await shell.refresh();
    app.askThrow(null);
  };

  const ownPosition = () => {
    const fix = position.fix();
    return fix && { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m, fix_age_s: fix.age_s, source: "gps" };
  };
  app.save = async ({ key }) => {
    const id = await saved(key, ({ polarity, categories, stop, place_text: words, position: chosen }) => {
      const there = stop ? chosen : (chosen ?? ownPosition());
      const content = { polarity, categories, stop, position: there, place_text: words.trim(), text: "", severity: null };
      return store.keep(walk.walk, content, { kind: "finding", holdMs: HOLD_MS, draft: key });
    });
    await shell.refresh();
    shell.instead(`after/${id}`);
  };

  // Before the first sending a change is made in place; later it waits for the button, so that it is sent once.
  app.contentChanged = (entry, { text, severity }) => drafts.put(entryKey(entry.id), { text, severity });
  app.keepContent = async (entry, { text, severity }) => {
    if (!drafts.get(entryKey(entry.id))) return;
    await saved(entryKey(entry.id), () => store.change(entry.id, { ...entry.content, text: text.trim(), severity }));
  };
  app.letGo = async (entry, content) => {
    await app.keepContent(entry, content);
    await store.release(entry.id);
  };
  app.finish = async (entry, content) => {
    await app.letGo(entry, content);
    await shell.refresh();
    shell.send();
    app.go(app.route().startsWith("one/") ? "mine" : "");
  };
  app.withdraw = async (id) => {
    await drafts.drop(entryKey(id));
    await store.withdraw(id);
    await shell.refresh();
    app.go("mine");
  };

  app.checkChanged = (stop, answers, before = {}) => {
    const key = checkKey(stop.id);
    if (isSame(answers, before)) drafts.drop(key).catch(() => {});
    else drafts.put(key, { answers: { ...answers } });
  };
  app.saveCheck = async (stop, answers, before) => {
    const content = { stop: stop.id, answers };
    const key = checkKey(stop.id);
    app.keepStop(stop.id);
    await saved(key, () => (before ? store.change(before.id, content) : store.keep(walk.walk, content, { kind: "check", draft: key })));
    shell.send();
    await shell.refresh();
    app.go("check");
  };

  app.stopHere = () => app.stop ?? null;
  app.keepStop = (id) => {
    app.stop = id;
    store.remember(`stop ${walk.walk}`, id).catch(() => {});
  };
};
