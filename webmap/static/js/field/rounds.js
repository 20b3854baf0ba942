// One round of sending: all texts first, then the photos one by one; what fails waits by itself and holds nothing else
// up. Before it, whether the server is there; after it, what is left.
import { asJson, ask } from "./asking.js";
import { newMark } from "./clock.js";
import { sendRevision, sendText } from "./delivery.js";
import { groupTold, groupWished } from "./group.js";
import { dueAt, isDone, isHeld, isReceived, isTold, openPhotos, openRevision, troubledPhotos } from "./outbox.js";
import { sendPhoto } from "./pictures.js";
import { clearOut, isReconcileDue, noteNewest, reconcile } from "./reconciling.js";
import { CLOCK } from "./store.js";

const LANES = 2; // a message that hangs leaves the other lane free
const TROUBLES = 2; // messages without an answer, one after another, before the network counts as gone

const isDue = (part, now, force) => {
  if (force && part.next_at !== Infinity) return !isTold(part, now);
  if (force === "all") return true;
  return dueAt(part, now) <= now;
};

const textsOf = (rows, now, force) =>
  rows
    .flatMap((row) => {
      const revision = openRevision(row);
      const isUnsent = row.state === "saved" || (row.state === "needs_help" && !revision);
      if (isUnsent) return isHeld(row, now) || !isDue(row, now, force) ? [] : [{ row, part: row, revision: null }];
      return revision && isDue(revision, now, force) ? [{ row, part: revision, revision: revision.id }] : [];
    })
    .sort((a, b) => a.part.attempts - b.part.attempts || a.row.device_seq - b.row.device_seq);

const photosOf = (rows, now, force) =>
  rows
    .filter((row) => isReceived(row))
    .flatMap((row) => openPhotos(row).filter((photo) => isDue(photo, now, force)).map((photo) => ({ row, photo })))
    .sort((a, b) => a.photo.attempts - b.photo.attempts || a.row.device_seq - b.row.device_seq);

// Whether the server, and nobody in its place, answers; and how far its clock is ahead of the phone's.
const ping = async () => {
  const before = Date.now();
  const { status, said, dateMs } = await ask("/api/v1/ping");
  if (status !== 200 || said.app !== "trygg") return null;
  const told = typeof said.t === "number" ? 1000 * said.t : Date.parse(said.t);
  const server = Number.isFinite(told) ? told : dateMs;
  return server ? Math.round(server - (before + Date.now()) / 2) / 1000 : 0;
};

const inLanes = async (waiting, work) => {
  const lane = async () => {
    while (waiting.length) await work(waiting.shift());
  };
  await Promise.all(Array.from({ length: LANES }, lane));
};

const sendTexts = async (place, force) => {
  let troubles = 0;
  for (;;) {
    const waiting = textsOf(await place.store.rows(place.walk), Date.now(), force).filter(({ part }) => !place.tried.has(part.id));
    if (!waiting.length || place.stopped) return;
    await inLanes(waiting, async ({ row, part, revision }) => {
      if (place.stopped) return;
      place.tried.add(part.id);
      place.store.isSending(row.id, true);
      const outcome = await (revision ? sendRevision(place, row.id, revision) : sendText(place, row.id)).finally(() =>
        place.store.isSending(row.id, false),
      );
      if (outcome === "received") place.sent += 1;
      if (outcome === "refused") place.stopped = "refused";
      troubles = ["offline", "busy"].includes(outcome) ? troubles + 1 : 0;
      if (troubles >= TROUBLES) place.stopped ??= "offline";
    });
  }
};

const sendPhotos = async (place, force) => {
  for (;;) {
    if (place.stopped) return;
    const waiting = photosOf(await place.store.rows(place.walk), Date.now(), force);
    const next = waiting.find(({ photo }) => !place.tried.has(photo.id));
    if (!next) return;
    place.tried.add(next.photo.id);
    const outcome = await sendPhoto(place, next.row.id, next.photo.id);
    place.store.told();
    if (outcome === "received") place.sent += 1;
    if (outcome === "refused") place.stopped = "refused";
    if (["offline", "busy"].includes(outcome)) place.stopped = "offline";
    await sendTexts(place, false); // a text that was saved meanwhile does not wait for the pictures
  }
};

// What is still on this phone, for who leads the walk: also what is held back, and what will not go by itself.
// isAsking: the answer is wanted though nothing is news, for it says which group the phone goes in.
const tellWaiting = async (place, isAsking = false) => {
  const rows = await place.store.rows(place.walk);
  const photos = rows.flatMap((row) => [...openPhotos(row), ...troubledPhotos(row)]).length;
  const entries = rows.filter((row) => !isDone(row) && (openRevision(row) || !isReceived(row))).length;
  const group = await groupWished(place.store, place.walk);
  const words = JSON.stringify({ entries, photos, group });
  const key = `told ${place.walk}`;
  if (!isAsking && (await place.store.remembered(key)) === words) return;
  const address = `/api/v1/walks/${place.walk}/waiting`;
  const { status, said } = await ask(address, { method: "PUT", token: place.token, body: words, headers: asJson });
  if (status < 200 || status >= 300) return;
  await place.store.remember(key, words);
  await groupTold(place.store, place.walk, said, group);
};

const sendAll = async (place, { force, isOpening }) => {
  let known = isOpening || (await isReconcileDue(place.store, place.walk)) ? await reconcile(place) : null;
  await sendTexts(place, force);
  if (!place.stopped && (await noteNewest(place))) {
    known = await reconcile(place);
    await sendTexts(place, "network");
  }
  if (!place.stopped && (await clearOut(place, known))) await sendTexts(place, "network");
  await sendPhotos(place, force);
};

// One round; returns why it ended: "done", "offline" or "needs_code". What is left on the phone is told before and after.
export const round = async (store, walk, { force = false, isOpening = false } = {}) => {
  const offsetS = await ping();
  if (offsetS === null) return "offline";
  const joined = await store.token(walk);
  if (!joined || joined.refused) return "needs_code";
  await store.remember(CLOCK, { offset_s: offsetS, mark: newMark() });
  const seen = [];
  const onReceipt = (receipt, said, status) => {
    if (receipt.seq !== null) seen.push({ seq: receipt.seq, safe: said.safe_through ?? 0, isNew: status === 201 });
  };
  const place = { store, walk, token: joined.token, offsetS, onReceipt, seen, tried: new Set(), sent: 0, stopped: null };
  const told = tellWaiting(place).catch(() => {}); // beside the sending: no text waits for it
  await sendAll(place, { force, isOpening });
  await told;
  if (place.stopped === "refused") {
    await store.refuseToken(walk, joined.token);
    return "needs_code";
  }
  await tellWaiting(place, !place.stopped);
  return place.stopped ?? "done";
};
