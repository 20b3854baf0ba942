// Sends what is saved: after each save, when the network or the reader comes back, by the clock and when asked.
import { backOffMs } from "./delivery.js";
import { dueAt, isDone, isHeld, isReceived, openPhotos, openRevision } from "./outbox.js";
import { RECONCILE_MS } from "./reconciling.js";
import { round } from "./rounds.js";
import { inTurn } from "./turn.js";

const MOST_OFFLINE_S = 60;
const ELSEWHERE_MS = 5_000;
const BETWEEN_PINGS_MS = 5_000;
const LISTENING_MS = 120_000; // whoever looks at the phone is told soon which group it goes in
const PASSING = ["network", "not_ours"];

// When there is next something to do, in milliseconds since 1970; Infinity when there is not.
const nextOf = (rows) => {
  const texts = rows.flatMap((row) => {
    const revision = openRevision(row);
    if (row.state === "saved" || (row.state === "needs_help" && !revision))
      return [Math.max(dueAt(row), isHeld(row) ? row.hold_until : 0)];
    return revision ? [dueAt(revision)] : [];
  });
  const photos = rows.filter(isReceived).flatMap(openPhotos).map((photo) => dueAt(photo));
  return Math.min(Infinity, ...texts, ...photos);
};

const isPassing = (rows) => rows.some((row) => [row, ...row.revisions, ...row.photos].some((part) => PASSING.includes(part.last_error)));

export const startSender = (store, walk, { onState = () => {} } = {}) => {
  const state = { isOver: false, isAtIt: false, isWanted: null, isOpening: true, pings: 0, timer: 0, askedMs: 0, phase: "idle" };

  const say = (phase, nextMs = Infinity) => {
    state.phase = phase;
    const nextInS = Number.isFinite(nextMs) ? Math.max(0, Math.ceil((nextMs - Date.now()) / 1000)) : null;
    onState({ phase, nextInS, needsCode: phase === "needs_code" });
  };

  const wakeAt = (atMs, force = false) => {
    clearTimeout(state.timer);
    if (state.isOver || !Number.isFinite(atMs)) return;
    state.timer = setTimeout(() => run(force), Math.max(50, atMs - Date.now()));
  };

  const settle = async (ended) => {
    const rows = await store.rows(walk);
    const next = nextOf(rows);
    const reconcileAt = Date.now() + (document.visibilityState === "visible" ? LISTENING_MS : RECONCILE_MS);
    if (ended === "elsewhere") return wakeAt(Math.min(next + ELSEWHERE_MS, Date.now() + ELSEWHERE_MS)), say("elsewhere");
    if (ended === "needs_code") return wakeAt(reconcileAt), say("needs_code");
    if (ended === "offline") {
      state.pings += 1;
      const at = Date.now() + Math.min(1000 * MOST_OFFLINE_S, backOffMs(state.pings));
      wakeAt(at, isPassing(rows) ? "network" : false);
      return say("offline", at);
    }
    state.pings = 0;
    wakeAt(Math.min(next, reconcileAt));
    return say(Number.isFinite(next) ? "waiting" : "idle", next);
  };

  const run = async (force) => {
    if (state.isOver) return;
    if (state.isAtIt) {
      state.isWanted = force || state.isWanted || "soft";
      return;
    }
    state.isAtIt = true;
    state.askedMs = Date.now();
    clearTimeout(state.timer);
    let ended = "offline";
    try {
      say("sending");
      const hadTurn = await inTurn(store, walk, async () => {
        ended = await round(store, walk, { force, isOpening: state.isOpening });
      });
      if (!hadTurn) ended = "elsewhere";
      else if (ended === "done") state.isOpening = false;
    } catch (fault) {
      await store.note(String(fault)); // the store failed: nothing was lost, and it is tried again
    }
    state.isAtIt = false;
    if (state.isOver) return;
    await settle(ended).catch(() => wakeAt(Date.now() + ELSEWHERE_MS));
    const wanted = state.isWanted;
    state.isWanted = null;
    if (wanted) wakeAt(Date.now(), wanted === "soft" ? false : wanted);
  };

  const back = () => document.visibilityState === "visible" && run("network");
  // A phone that is put away sends what it holds back for a word more, and says what is left, while it still may.
  const away = async () => {
    if ((await store.rows(walk)).every(isDone)) return;
    await store.releaseAll(walk);
    await run("network");
  };
  const seen = () => (document.visibilityState === "visible" ? back() : away().catch(() => {}));
  const changed = async () => {
    if (state.isAtIt || state.isOver) return;
    if (state.phase === "needs_code") {
      const joined = await store.token(walk);
      return joined && !joined.refused ? run("network") : undefined;
    }
    const next = nextOf(await store.rows(walk));
    const isNews = next <= Date.now() && Date.now() - state.askedMs > BETWEEN_PINGS_MS && navigator.onLine;
    if (["offline", "elsewhere"].includes(state.phase)) return isNews ? wakeAt(Date.now()) : undefined;
    return wakeAt(next);
  };
  const forget = store.onChange(changed);
  const heard = [
    [self, "online", () => run("network")],
    [self, "pageshow", back],
    [document, "visibilitychange", seen],
  ];
  for (const [where, name, hear] of heard) where.addEventListener(name, hear);
  run("network");

  return {
    sendNow: () => run("all"),
    stop: () => {
      state.isOver = true;
      clearTimeout(state.timer);
      forget();
      for (const [where, name, hear] of heard) where.removeEventListener(name, hear);
    },
  };
};
