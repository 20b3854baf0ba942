// What is to be sent, row by row: never changed after the first attempt, gone only when the municipality has it in a
// checked backup or three days have passed.
import { isAhead, localTime, newMark } from "./clock.js";
import { named } from "./shelf.js";

export const MOST_PHOTOS = 3;
const MOST_HOLD_MS = 600_000;
const MOST_WAIT_MS = 900_000; // no message ever waits longer for its next attempt
const KEPT_MS = 72 * 3_600_000;
const TROUBLED = ["refused", "too_big", "lost"];
export const UNANSWERED = { attempts: 0, next_at: 0, told_until: 0, last_error: null };

// offsetS: how far the server's clock was ahead when it was last heard; null where it never was.
export const newRow = (id, walk, content, { kind, holdMs, deviceSeq, offsetS = null }) => ({
  id,
  kind,
  walk,
  device_seq: deviceSeq,
  created_at: localTime(new Date()),
  mark: newMark(),
  offset_s: offsetS,
  content,
  edits: 0,
  body: null,
  sha256: null,
  state: "saved",
  hold_until: holdMs ? Date.now() + holdMs : 0,
  photos: [],
  revisions: [],
  receipt: null,
  ...UNANSWERED,
});

export const newPhoto = (id, sha256) => ({ id, sha256, state: "saved", received_ms: null, ...UNANSWERED });

export const newRevision = (content, { isWithdrawn = false } = {}) => ({
  id: crypto.randomUUID(),
  content,
  withdrawn: isWithdrawn,
  body: null,
  sha256: null,
  state: "saved",
  received_ms: null,
  ...UNANSWERED,
});

export const isReceived = (row) => row.state === "received" || row.state === "aside";

// Whether it waits for the leader, or something that was said of it does.
export const isAside = (row) => row.state === "aside" || row.revisions.some((each) => each.state === "conflict");

export const isOpen = (part) => part.state === "saved" || part.state === "needs_help";

// What of the changes goes next: that it is taken back, before all else; then what was not refused before what was.
export const openRevision = (row) => {
  const open = row.revisions.filter(isOpen);
  const fresh = open.filter((each) => each.state === "saved");
  return fresh.find((each) => each.withdrawn) ?? fresh[0] ?? open[0] ?? null;
};

const isLeaving = (row) => row.state === "withdrawn" || row.revisions.some((each) => each.withdrawn && isOpen(each));

// Photos of what is taken back are sent no more.
export const openPhotos = (row) => (isLeaving(row) ? [] : row.photos.filter((photo) => photo.state === "saved"));

// Photos that do not go by themselves: the phone may hold the only copy.
export const troubledPhotos = (row) => (isLeaving(row) ? [] : row.photos.filter((photo) => TROUBLED.includes(photo.state)));

export const isDone = (row) => {
  if (row.state === "withdrawn") return !openRevision(row);
  return isReceived(row) && !openRevision(row) && !openPhotos(row).length && !troubledPhotos(row).length;
};

export const isHeld = (row, now = Date.now()) => row.body === null && isAhead(row.hold_until, MOST_HOLD_MS, now);

// When it is tried next; Infinity where it is not.
export const dueAt = (part, now = Date.now()) => {
  if (part.next_at === Infinity) return Infinity;
  return isAhead(part.next_at, MOST_WAIT_MS, now) ? part.next_at : 0;
};

export const isTold = (part, now = Date.now()) => isAhead(part.told_until ?? 0, MOST_WAIT_MS, now);

export const latest = (row) => row.revisions.at(-1)?.content ?? row.content;

// A change before anything was sent is made in place; after it, it is a message of its own. What is taken back stays so.
export const revise = (row, content, how) => {
  if (isLeaving(row)) return;
  row.edits += 1;
  if (row.body === null) {
    row.content = content;
    return;
  }
  const unsent = row.revisions.find((each) => isOpen(each) && each.body === null);
  if (unsent) Object.assign(unsent, { content, withdrawn: how?.isWithdrawn ?? false });
  else row.revisions.push(newRevision(content, how));
};

// The revision that the municipality has by then, where what comes before it in a file is taken in. One that takes it
// back goes before what else is still to be said.
export const baseOf = (row, revision) => {
  const before = row.revisions.slice(0, row.revisions.indexOf(revision)).map((each) => each.state);
  if (!isOpen(revision)) return 1 + before.filter((state) => state === "received").length;
  return (row.receipt?.revision ?? 1) + (revision.withdrawn ? 0 : before.filter((state) => state === "saved").length);
};

export const changed = async (shelf, id, work) =>
  shelf.write(["outbox"], async (t) => {
    const row = await t.get("outbox", id);
    if (!row) return null;
    work(row);
    await t.put("outbox", row);
    return row;
  });

// The receipt and what it is a receipt for, in one transaction.
export const takeReceipt = (shelf, id, receipt, state) =>
  shelf.write(["outbox", "receipts"], async (t) => {
    const row = await t.get("outbox", id);
    if (!row) return;
    Object.assign(row, UNANSWERED, { state, receipt });
    await t.put("outbox", row);
    await t.put("receipts", receiptRow(row));
  });

// It was taken back there: nothing of it is sent any more, and its photos leave the phone. work: what else became of it.
export const takeBack = (shelf, id, nowMs, work = () => {}) =>
  shelf.write(["outbox", "blobs"], async (t) => {
    const row = await t.get("outbox", id);
    if (!row) return;
    work(row);
    for (const each of row.revisions) if (isOpen(each)) each.state = "superseded";
    for (const photo of row.photos) {
      await t.remove("blobs", photo.id);
      if (photo.state !== "received") photo.state = "withdrawn";
    }
    await t.put("outbox", Object.assign(row, { state: "withdrawn", withdrawn_ms: nowMs }));
  });

const receiptRow = (row) => ({
  id: row.id,
  walk: row.walk,
  kind: row.kind,
  created_at: row.created_at,
  sha256: row.sha256,
  state: row.state,
  server_seq: row.receipt.seq,
  received_at: row.receipt.received_at,
  taken_ms: row.receipt.taken_ms,
  photos: row.photos.map(({ id, state }) => ({ id, state })),
});

// Whether its number lies in a checked backup. After the server went back to an older copy the number may be that of
// somebody else's words: only what the server says of the id itself tells.
export const isNumberSafe = (row, safeThrough) =>
  isDone(row) && row.state === "received" && row.receipt.seq <= safeThrough && !row.photos.length && !row.revisions.length;

// Three days after the last of it arrived, by the server's clock: the phone's may be set.
const isOld = (row, nowMs) => {
  const parts = [...row.photos, ...row.revisions].map((part) => part.received_ms ?? 0);
  const last = Math.max(row.receipt?.taken_ms ?? 0, row.withdrawn_ms ?? 0, ...parts);
  return isDone(row) && nowMs - last > KEPT_MS;
};

// Content that is safe elsewhere leaves the phone; its receipt stays. known: the sums of what the server just now said
// it has, by id; null where it was not asked or did not answer. nowMs: by the server's clock.
export const purge = (shelf, walk, safeThrough, known = null, nowMs = Date.now()) =>
  shelf.write(["outbox", "blobs", "receipts"], async (t) => {
    for (const row of await t.all("outbox")) {
      const isSafe = isNumberSafe(row, safeThrough) && known?.get(row.id) === row.sha256;
      if (row.walk !== walk || !(isSafe || isOld(row, nowMs))) continue;
      for (const photo of row.photos) await t.remove("blobs", photo.id);
      if (row.receipt) await t.put("receipts", receiptRow(row));
      await t.remove("outbox", row.id);
    }
  });

// A phone that is full: pictures the municipality has got are the first to go.
export const makeRoom = async (shelf) => {
  const rows = await shelf.read(["outbox"], (t) => t.all("outbox"));
  const received = rows.flatMap((row) => row.photos).filter((photo) => photo.state === "received");
  await shelf.free("blobs", received.map((photo) => photo.id));
};

export const rowOf = async (t, id) => {
  const row = await t.get("outbox", id);
  if (!row) throw named("UnknownEntry", id);
  return row;
};
