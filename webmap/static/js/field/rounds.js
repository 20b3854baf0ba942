// One round of sending: all texts first, then the photos one by one; what fails waits by itself and holds nothing else
// up. Before it, whether the server is there; after it, what is left.
import { asJson, ask } from "./asking.js";
import { sendPhoto, sendRevision, sendText, withdrawnThere } from "./delivery.js";
import { isNumberSafe, isReceived, openPhotos, openRevision, purge, sendAgain } from "./outbox.js";

const LANES = 2; // a message that hangs leaves the other lane free
export const RECONCILE_MS = 3_600_000;
const MOST_IDS = 200;
const TROUBLES = 2; // messages without an answer, one after another, before the network counts as gone

const isDue = (part, now, force) => {
  if (force && part.next_at !== Infinity) return (part.told_until ?? 0) <= now;
  if (force === "all") return true;
  return part.next_at <= now;
};

const textsOf = (rows, now, force) =>
  rows
    .flatMap((row) => {
      if (row.state === "withdrawn" && !openRevision(row)) return [];
      const isHeld = row.body === null && row.hold_until > now;
      const isUnsent = row.state === "saved" || (row.state === "needs_help" && !openRevision(row));
      if (isUnsent) return isHeld || !isDue(row, now, force) ? [] : [{ row, part: row, revision: null }];
      const revision = openRevision(row);
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

const newestKey = (walk) => `newest ${walk}`;

// What the server has of what it said it had. Where it went back to an older copy, the rest is sent again.
// Returns the sums it has, by id; null where an answer is missing.
const reconcile = async (place) => {
  const rows = (await place.store.rows(place.walk)).filter((row) => row.receipt && row.state !== "withdrawn");
  const sums = new Map();
  for (let first = 0; first < rows.length; first += MOST_IDS) {
    const some = rows.slice(first, first + MOST_IDS);
    const body = JSON.stringify({ ids: some.map((row) => row.id) });
    const address = `/api/v1/walks/${place.walk}/receipts`;
    const { status, said } = await ask(address, { method: "POST", token: place.token, body, headers: asJson });
    if (status !== 200) return null;
    await compare(place, some, said);
    for (const { id } of some) sums.set(id, said[id]?.sha256);
  }
  await place.store.remember(`reconciled ${place.walk}`, Date.now());
  return sums;
};

const compare = async (place, rows, known) => {
  for (const row of rows) {
    const there = known[row.id];
    if (!there) await sendAgain(place.store.shelf, row.id, null);
    else if (there.deleted_at) await withdrawnThere(place, row.id, there);
    else if (there.photos) {
      const lost = row.photos.filter(({ id }) => there.photos[id] !== "received").map(({ id }) => id);
      const isOlder = there.revision < row.receipt.revision;
      if (lost.length || isOlder) await sendAgain(place.store.shelf, row.id, lost, isOlder);
    }
  }
};

const isReconcileDue = async (store, walk) => {
  const last = await store.remembered(`reconciled ${walk}`);
  return last === null || last > Date.now() || Date.now() - last > RECONCILE_MS;
};

const noteNewest = async (place) => {
  const seen = place.seen;
  if (!seen.length) return;
  const before = (await place.store.remembered(newestKey(place.walk))) ?? { seq: 0, safe: 0 };
  const safe = seen.at(-1).safe;
  const wentBack = safe < before.safe || seen.some(({ seq, isNew }) => isNew && seq <= before.seq);
  const seq = wentBack ? Math.max(...seen.map((each) => each.seq)) : Math.max(before.seq, ...seen.map((each) => each.seq));
  await place.store.remember(newestKey(place.walk), { seq, safe });
  if (!wentBack) return;
  await reconcile(place);
  await sendTexts(place, "network");
};

// What lies in a backup leaves the phone, once the server has said that it is this that lies there.
const clearOut = async (place) => {
  const { store, walk } = place;
  const safe = (await store.remembered(newestKey(walk)))?.safe ?? 0;
  const isAny = (await store.rows(walk)).some((row) => isNumberSafe(row, safe));
  const known = isAny ? await reconcile(place) : null;
  await purge(store.shelf, walk, safe, known);
  if (isAny) await sendTexts(place, "network");
};

const tellWaiting = async (place) => {
  const rows = await place.store.rows(place.walk);
  const photos = rows.flatMap(openPhotos).length;
  const entries = rows.filter((row) => openRevision(row) || !(isReceived(row) || row.state === "withdrawn")).length;
  const words = JSON.stringify({ entries, photos });
  const key = `told ${place.walk}`;
  if (!place.sent && (await place.store.remembered(key)) === words) return;
  const address = `/api/v1/walks/${place.walk}/waiting`;
  const { status } = await ask(address, { method: "PUT", token: place.token, body: words, headers: asJson });
  if (status >= 200 && status < 300) await place.store.remember(key, words);
};

// One round; returns why it ended: "done", "offline" or "needs_code".
export const round = async (store, walk, { force = false, isOpening = false } = {}) => {
  const offsetS = await ping();
  if (offsetS === null) return "offline";
  const joined = await store.token(walk);
  if (!joined || joined.refused) return "needs_code";
  await store.remember("clock_offset_s", offsetS);
  const seen = [];
  const onReceipt = (receipt, said, status) => {
    if (receipt.seq !== null) seen.push({ seq: receipt.seq, safe: said.safe_through ?? 0, isNew: status === 201 });
  };
  const place = { store, walk, token: joined.token, offsetS, onReceipt, seen, tried: new Set(), sent: 0, stopped: null };
  if (isOpening || (await isReconcileDue(store, walk))) await reconcile(place);
  await sendTexts(place, force);
  if (!place.stopped) await noteNewest(place);
  if (!place.stopped) await clearOut(place);
  await sendPhotos(place, force);
  if (place.stopped === "refused") {
    await store.refuseToken(walk, joined.token);
    return "needs_code";
  }
  if (place.stopped) return "offline";
  await tellWaiting(place);
  return "done";
};
