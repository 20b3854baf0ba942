// What the screens share: the walk, what is being told, what is saved and how far it has come.
import { newBar } from "./bar.js";
import { newChart } from "./chart.js";
import { startDaylight } from "./daylight.js";
import { exportFile, leaveWalk } from "./escape.js";
import { forgetApp, installApp } from "./install.js";
import { joinAtFirst } from "./joining.js";
import { download } from "./mine.js";
import { make, notice } from "./parts.js";
import { startPosition } from "./position.js";
import { say, setLanguage } from "./sayings.js";
import { screenOf } from "./screens.js";
import { startSender } from "./sender.js";

const DRAFT_MS = 300;
const HOLD_MS = 120_000;

export const newApp = (box, { store, walk, code, isKept }) => {
  const position = startPosition();
  const app = {
    store,
    walk,
    position,
    chart: newChart(walk),
    daylight: startDaylight(walk.sun),
    draft: null,
    entries: [],
    standing: { counts: { saved: 0, received: 0, waiting: 0, photosWaiting: 0, needsHelp: 0 }, phase: "idle", nextAtMs: null, hasNet: true, health: "kept" },
    isPersisted: true,
    hasSeenHome: false,
  };
  const bar = newBar();
  const alerts = make("div", { class: "alerts" });
  const stage = make("div", { class: "stage" });
  let shown = null;
  let sender = null;
  let saving = 0;
  let isOver = false;
  let offered = null;

  // The address names the screen; one that cannot be shown gives way to the start.
  const route = () => location.hash.slice(1);

  app.go = (where) => {
    if (route() === where) app.render();
    else location.hash = where;
  };
  const instead = (where) => {
    history.replaceState(null, "", `${location.pathname}#${where}`);
    app.render({ focuses: true });
  };

  app.render = ({ focuses = false } = {}) => {
    if (isOver) return;
    const made = screenOf(app, route());
    if (!made) return instead("");
    shown?.gone?.();
    shown = made.element ? made : { element: made };
    shown.route = route();
    stage.replaceChildren(shown.element);
    shown.shown?.();
    sayStanding();
    if (focuses) focusTitle();
  };
  const focusTitle = () => {
    scrollTo(0, 0);
    stage.querySelector("h1")?.focus({ preventScroll: true });
    document.title = `${stage.querySelector("h1")?.textContent ?? ""} – ${walk.title}`;
  };

  const isHead = () => stage.querySelector(".head") !== null;
  const sayStanding = () => {
    bar.update(app.standing, { isCompact: isHead() });
    const { health } = app.standing;
    const danger = isKept ? (["afloat", "full"].includes(health) ? say(health === "full" ? "phone_full" : "in_memory") : "") : `${say("no_store")} ${say("no_store_more")}`;
    if (alerts.textContent !== danger) alerts.replaceChildren(danger ? notice("danger", danger) : "");
  };

  const refresh = async () => {
    const before = JSON.stringify([app.entries, app.standing.counts]);
    app.entries = await store.all(walk.walk);
    app.standing = { ...app.standing, counts: await store.counts(walk.walk), health: store.health() };
    if (isOver) return;
    sayStanding();
    if (before === JSON.stringify([app.entries, app.standing.counts])) return;
    if (["", "mine", "leave"].includes(route())) redraw();
  };
  // The same screen again, with the reader's place in it kept.
  const redraw = async () => {
    if (route() === "leave") app.unsent = await store.unsent(walk.walk);
    const at = scrollY;
    const focused = [...stage.querySelectorAll("a, button")].indexOf(document.activeElement);
    app.render();
    scrollTo(0, at);
    if (focused >= 0) [...stage.querySelectorAll("a, button")][focused]?.focus({ preventScroll: true });
  };

  // A draft is on the disk within half a second of each word, and before the camera opens.
  const keepDraft = () => {
    clearTimeout(saving);
    saving = 0;
    return app.draft ? store.saveDraft(walk.walk, app.draft) : store.dropDraft(walk.walk);
  };
  const keepSoon = () => {
    saving ||= setTimeout(() => keepDraft().catch(() => {}), DRAFT_MS);
  };
  app.draftChanged = (change) => {
    Object.assign(app.draft, change);
    keepSoon();
  };

  app.begin = (polarity) => {
    position.start();
    app.draft = { polarity, categories: [], position: null, stop: null, place_text: "", step: "type" };
    keepSoon();
    app.go("type");
  };
  app.choose = (category) => {
    if (position.state() === "none") position.start();
    app.draftChanged({ categories: [category], step: "place" });
    app.go("place");
  };
  app.goOn = () => {
    if (app.draft.step === "place" && !app.draft.position) position.start();
    app.go(app.draft.step);
  };

  const ownPosition = () => {
    const fix = position.fix();
    return fix && { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m, fix_age_s: fix.age_s, source: "gps" };
  };
  app.save = async () => {
    clearTimeout(saving);
    saving = 0;
    const { polarity, categories, stop, place_text: words } = app.draft;
    const there = app.draft.stop ? app.draft.position : (app.draft.position ?? ownPosition());
    const content = { polarity, categories, stop, position: there, place_text: words.trim(), text: "", severity: null };
    const id = await store.keep(walk.walk, content, { kind: "finding", holdMs: HOLD_MS });
    app.draft = null;
    await refresh();
    instead(`after/${id}`);
  };

  // Before the first sending a change is made in place; later it waits for the button, so that it is sent once.
  app.contentChanged = (entry, content) => {
    app.draft = { step: `one/${entry.id}`, id: entry.id, text: content.text, severity: content.severity };
    keepSoon();
  };
  app.keepContent = async (entry, content) => {
    if (app.draft?.id !== entry.id) return;
    app.draft = null;
    const { text, severity } = content;
    await store.change(entry.id, { ...entry.content, text: text.trim(), severity });
    await keepDraft();
  };
  app.letGo = async (entry, content) => {
    await app.keepContent(entry, content);
    await store.release(entry.id);
  };
  app.finish = async (entry, content) => {
    await app.letGo(entry, content);
    sender?.sendNow();
    app.go(route().startsWith("one/") ? "mine" : "");
  };
  app.withdraw = async (id) => {
    app.draft = null;
    await keepDraft();
    await store.withdraw(id);
    await refresh();
    app.go("mine");
  };

  app.checkChanged = (stop, answers) => {
    app.draft = { step: `check/${stop.id}`, answers: { ...answers } };
    keepSoon();
  };
  app.saveCheck = async (stop, answers, before) => {
    clearTimeout(saving);
    saving = 0;
    app.draft = null;
    app.keepStop(stop.id);
    const content = { stop: stop.id, answers };
    if (before) await store.change(before.id, content).then(keepDraft);
    else await store.keep(walk.walk, content, { kind: "check" });
    sender?.sendNow();
    await refresh();
    app.go("check");
  };

  app.stopHere = () => app.stop ?? null;
  app.keepStop = (id) => {
    app.stop = id;
    store.remember(`stop ${walk.walk}`, id).catch(() => {});
  };

  // What is held back for a word more goes too.
  app.sendNow = async () => {
    for (const entry of app.entries) if (entry.isHeld) await store.release(entry.id);
    sender?.sendNow();
  };
  app.export = async () => download(await exportFile(store, walk.walk), `vandring-${walk.code}.zip`);
  app.speak = (language) => {
    setLanguage(language);
    app.render({ focuses: true });
  };
  app.leave = async () => {
    await leaveWalk(store, walk.walk);
    isOver = true;
    sender?.stop();
    shown?.gone?.();
    bar.box.remove();
    history.replaceState(null, "", location.pathname);
    stage.replaceChildren(make("main", { id: "main", class: "screen" }, make("h1", { tabindex: "-1" }, say("left"))));
    focusTitle();
    await forgetApp(code).catch(() => {});
  };

  app.canInstall = () => offered !== null;
  app.install = async () => {
    await offered?.prompt();
    offered = null;
    app.render();
  };

  // A walk that is over lets no new phone in; one that has nothing to send needs no code either.
  const isCodeOfUse = () => walk.is_open || app.standing.counts.waiting + app.standing.counts.photosWaiting > 0;
  const onState = (told) => {
    const { nextInS } = told;
    const phase = told.needsCode && !isCodeOfUse() ? "idle" : told.phase;
    const nextAtMs = nextInS === null ? null : Date.now() + 1000 * nextInS;
    const hasNet = !["offline", "needs_code"].includes(phase) && (phase !== "sending" || app.standing.hasNet);
    const isNews = app.standing.phase !== phase;
    app.standing = { ...app.standing, phase, nextAtMs, hasNet };
    sayStanding();
    if (isNews && route() === "mine") redraw();
  };

  const listen = () => {
    addEventListener("hashchange", async () => {
      if (route() === "leave") app.unsent = await store.unsent(walk.walk);
      app.render({ focuses: true });
    });
    addEventListener("beforeunload", (event) => {
      const isLeaving = route() === "leave" && app.unsent?.length;
      const isAfloat = !isKept || app.standing.health !== "kept";
      if (!isOver && app.standing.counts.waiting && (isLeaving || isAfloat)) event.preventDefault();
    });
    addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      offered = event;
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && saving) keepDraft().catch(() => {});
    });
    addEventListener("pagehide", () => saving && keepDraft().catch(() => {}));
    addEventListener("online", connect);
    store.onChange(() => refresh().catch(() => {}));
  };

  const connect = async () => {
    if ((await store.token(walk.walk)) || isOver) return;
    await joinAtFirst(store, walk);
  };

  app.start = async () => {
    app.draft = await store.draft(walk.walk);
    app.stop = await store.remembered(`stop ${walk.walk}`);
    if (route() === "leave") app.unsent = await store.unsent(walk.walk);
    box.append(bar.box, alerts, stage);
    await refresh();
    app.render({ focuses: true });
    listen();
    await connect().catch(() => {});
    sender = startSender(store, walk.walk, { onState });
    installApp(store, code).then(({ isLasting }) => {
      app.isPersisted = isLasting;
      if (route() === "") redraw();
    });
  };
  return app;
};
