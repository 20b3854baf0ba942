// What the screens share: the walk, what is being told, what is saved and how far it has come.
import { addActs } from "./acts.js";
import { newBar } from "./bar.js";
import { newChart } from "./chart.js";
import { dangerOf, givingUp } from "./danger.js";
import { startDaylight } from "./daylight.js";
import { newDrafting } from "./drafting.js";
import { newElsewhere } from "./elsewhere.js";
import { exportFile, leaveWalk } from "./escape.js";
import { groupOf, wishGroup } from "./group.js";
import { forgetApp, installApp } from "./install.js";
import { joinAtFirst } from "./joining.js";
import { download } from "./mine.js";
import { make, notice } from "./parts.js";
import { startPosition } from "./position.js";
import { say, setLanguage } from "./sayings.js";
import { screenOf } from "./screens.js";
import { startSender } from "./sender.js";

export const newApp = (box, { store, walk, code, isKept }) => {
  const position = startPosition();
  const app = {
    store,
    walk,
    position,
    chart: newChart(walk),
    daylight: startDaylight(walk.sun),
    drafts: newDrafting(store, walk.walk),
    elsewhere: newElsewhere(store, walk.walk),
    asked: null,
    group: { group: 1, groups: walk.groups },
    entries: [],
    standing: { counts: { saved: 0, received: 0, waiting: 0, photosWaiting: 0, photosInTrouble: 0, needsHelp: 0, unsent: 0, afloat: 0 }, elsewhere: 0, phase: "idle", nextAtMs: null, hasNet: true, health: "kept" },
    isPersisted: true,
    hasSeenHome: false,
  };
  const bar = newBar();
  const alerts = make("div", { class: "alerts" });
  const stage = make("div", { class: "stage" });
  let shown = null;
  let sender = null;
  let isOver = false;
  let offered = null;

  // The address names the screen; one that cannot be shown gives way to the start.
  const route = () => location.hash.slice(1);
  app.route = route;

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
  // The first of these that is there.
  app.focusOn = (...which) => {
    const found = which.map((each) => stage.querySelector(each)).find(Boolean);
    found?.focus({ preventScroll: true });
  };
  const focusTitle = () => {
    scrollTo(0, 0);
    app.focusOn("h1");
    document.title = `${stage.querySelector("h1")?.textContent ?? ""} – ${walk.title}`;
  };

  const isHead = () => stage.querySelector(".head") !== null;
  const sayStanding = () => {
    bar.update(app.standing, { isCompact: isHead() });
    const { counts, health } = app.standing;
    const danger = isKept ? dangerOf(app.standing) : `${say("no_store")} ${say("no_store_more")}`;
    const photos = isKept && health === "full" ? counts.photosWaiting + counts.photosInTrouble : 0;
    if (danger === alerts.dataset.danger && String(photos > 0) === alerts.dataset.photos) return;
    Object.assign(alerts.dataset, { danger, photos: photos > 0 });
    alerts.replaceChildren(danger ? notice("danger", danger, photos ? givingUp(app) : "") : "");
  };

  const told = () => JSON.stringify([app.entries, app.standing.counts, app.drafts.begun(), app.group, app.elsewhere.left()]);
  const refresh = async () => {
    const before = told();
    await app.drafts.read();
    await app.elsewhere.read();
    app.entries = await store.all(walk.walk);
    app.group = await groupOf(store, walk);
    const counts = await store.counts(walk.walk);
    app.standing = { ...app.standing, counts, elsewhere: app.elsewhere.count(), health: store.health() };
    if (isOver) return;
    sayStanding();
    if (before !== told() && ["", "mine", "leave"].includes(route())) redraw();
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

  addActs(app, { instead, refresh, send: () => sender?.sendNow() });

  // What is held back for a word more goes too.
  app.sendNow = async () => {
    for (const entry of app.entries) if (entry.isHeld) await store.release(entry.id);
    sender?.sendNow();
    app.elsewhere.send();
  };
  // Returns how many photos could not be read just now and are not in the file.
  app.export = async (of = walk) => {
    const file = await exportFile(store, of.walk);
    download(file, `vandring-${of.code}.zip`);
    return file.leftOut;
  };
  app.goIn = async (group) => {
    await wishGroup(store, walk.walk, group);
    sender?.sendNow();
  };
  app.giveUpPhotos = () => store.giveUpPhotos(walk.walk);
  app.speak = (language) => {
    setLanguage(language);
    app.render({ focuses: true });
  };
  app.leave = async () => {
    await refresh(); // another tab may have begun something
    if (app.drafts.begun().length) return app.render();
    await leaveWalk(store, walk.walk);
    isOver = true;
    sender?.stop();
    app.elsewhere.stop();
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
      if (route() === "") await app.drafts.dropEmpty().catch(() => {});
      app.asked = null;
      app.render({ focuses: true });
    });
    addEventListener("beforeunload", (event) => {
      const isAfloat = !isKept || app.standing.health !== "kept";
      const isLoss = isAfloat && (app.standing.counts.unsent || app.drafts.begun().length);
      if (!isOver && (isLoss || (route() === "leave" && app.standing.counts.unsent))) event.preventDefault();
    });
    addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      offered = event;
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) app.drafts.keepNow().catch(() => {});
    });
    addEventListener("pagehide", () => app.drafts.keepNow().catch(() => {}));
    addEventListener("online", connect);
    store.onChange(() => refresh().catch(() => {}));
  };

  const connect = async () => {
    app.elsewhere.send();
    if ((await store.token(walk.walk)) || isOver) return;
    await joinAtFirst(store, walk);
  };

  app.start = async () => {
    await app.drafts.read();
    if (route() === "") await app.drafts.dropEmpty();
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
