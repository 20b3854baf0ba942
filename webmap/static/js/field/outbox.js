// What is to be sent, row by row: never changed after the first attempt, gone only when the municipality has it in a
// checked backup or three days have passed.
import { named } from "./shelf.js";

const SCHEMA = 1;
const KEPT_MS = 72 * 3_600_000;
const STEP_MS = 5_000;
const UNANSWERED = { attempts: 0, next_at: 0, last_error: null };

export const newRow = (id, walk, content, { kind, holdMs, deviceSeq }) => ({
  id,
  kind,
  walk,
  device_seq: deviceSeq,
  created_at: localTime(new Date()),
  mark: { page: performance.timeOrigin, at_ms: performance.now(), clock_ms: Date.now() },
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
  base: null,
  body: null,
  sha256: null,
  state: "saved",
  ...UNANSWERED,
});

export const isReceived = (row) => row.state === "received" || row.state === "aside";

export const isOpen = (part) => part.state === "saved" || part.state === "needs_help";

export const openRevision = (row) => row.revisions.find(isOpen) ?? null;

export const openPhotos = (row) => row.photos.filter((photo) => photo.state === "saved");

export const photosSent = (row) => row.photos.filter((photo) => photo.state !== "too_big").map((photo) => photo.id);

export const isDone = (row) => {
  if (row.state === "withdrawn") return !openRevision(row);
  return isReceived(row) && !openRevision(row) && openPhotos(row).length === 0;
};

const pad = (number, width = 2) => String(Math.trunc(Math.abs(number))).padStart(width, "0");

const localTime = (now) => {
  const offset = -now.getTimezoneOffset();
  const day = `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
  const time = `${pad(now.getHours())}:${pad(now.getMinutes())}:${pad(now.getSeconds())}.${pad(now.getMilliseconds(), 3)}`;
  return `${day}T${time}${offset < 0 ? "-" : "+"}${pad(offset / 60)}:${pad(offset % 60)}`;
};

// When it was saved by the clock of now, where that was set back meanwhile on the same page. A clock set forward looks
// just like a phone that slept, and is left as it was.
const createdAt = ({ created_at: said, mark }) => {
  if (mark?.page !== performance.timeOrigin) return said;
  const saved = Date.now() - (performance.now() - mark.at_ms);
  return mark.clock_ms - saved > STEP_MS ? localTime(new Date(saved)) : said;
};

const sorted = (value) => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  return Object.fromEntries(names.sort().map((name) => [name, sorted(value[name])]));
};

export const canonical = (value) => JSON.stringify(sorted(value));

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const digestOf = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

export const base64Of = (digest) => btoa(String.fromCharCode(...digest.match(/../g).map((pair) => parseInt(pair, 16))));

const envelope = (row, offsetS) => ({
  schema: SCHEMA,
  kind: row.kind,
  id: row.id,
  walk: row.walk,
  device_seq: row.device_seq,
  created_at: row.created_at,
  clock_offset_s: offsetS,
});

const said = (row, content) =>
  row.kind === "check" ? content : { stop: null, position: null, place_text: "", text: "", severity: null, ...content, photos: photosSent(row) };

const textOf = (row, revision, offsetS) => {
  if (!revision) return canonical({ ...said(row, row.content), ...envelope(row, offsetS) });
  const own = { ...envelope(row, offsetS), revision: revision.id };
  return canonical(revision.withdrawn ? { ...own, withdrawn: true } : { ...said(row, revision.content), ...own });
};

// The bytes of a row, or of its change, as they are sent from now on: the same every time. They are hashed outside
// the transaction, which would not wait; what was changed meanwhile is written anew.
export const frozen = async (shelf, id, revisionId, offsetS) => {
  const part = (row) => (revisionId ? row?.revisions.find((each) => each.id === revisionId) : row);
  for (;;) {
    const before = await shelf.read(["outbox"], (t) => t.get("outbox", id));
    if (!part(before)) return null;
    if (part(before).body !== null) return { row: before, part: part(before) };
    if (!revisionId) before.created_at = createdAt(before);
    const body = textOf(before, revisionId && part(before), offsetS);
    const sha256 = await digestOf(new TextEncoder().encode(body));
    const after = await shelf.write(["outbox"], async (t) => {
      const row = await t.get("outbox", id);
      if (!part(row) || row.edits !== before.edits) return null;
      Object.assign(part(row), { body, sha256 });
      row.created_at = before.created_at;
      if (revisionId) part(row).base = row.receipt?.revision ?? 1;
      await t.put("outbox", row);
      return row;
    });
    if (after) return { row: after, part: part(after) };
  }
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

const isOld = (row, now) => isDone(row) && now - (row.receipt?.taken_ms ?? row.withdrawn_ms ?? 0) > KEPT_MS;

// Content that is safe elsewhere leaves the phone; its receipt stays. known: the sums of what the server just now said
// it has, by id; null where it was not asked or did not answer.
export const purge = (shelf, walk, safeThrough, known = null, now = Date.now()) =>
  shelf.write(["outbox", "blobs", "receipts"], async (t) => {
    for (const row of await t.all("outbox")) {
      const isSafe = isNumberSafe(row, safeThrough) && known?.get(row.id) === row.sha256;
      if (row.walk !== walk || !(isSafe || isOld(row, now))) continue;
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

// What the municipality no longer knows of, after it went back to an older copy, is sent again as it was.
// lostPhotos: null where nothing of the row is known. isOlder: whether changes to it are not.
export const sendAgain = (shelf, id, lostPhotos, isOlder = false) =>
  shelf.write(["outbox", "receipts", "blobs"], async (t) => {
    const row = await t.get("outbox", id);
    if (!row) return;
    if (lostPhotos === null) {
      Object.assign(row, UNANSWERED, { state: "saved", receipt: null });
      await t.remove("receipts", id);
    }
    if (lostPhotos === null || isOlder)
      for (const each of row.revisions) if (each.body) Object.assign(each, UNANSWERED, { state: "saved" });
    for (const photo of row.photos) {
      const isLost = photo.state === "received" && (lostPhotos === null || lostPhotos.includes(photo.id));
      if (isLost && (await t.get("blobs", photo.id))) Object.assign(photo, UNANSWERED, { state: "saved" });
    }
    await t.put("outbox", row);
  });

export const rowOf = async (t, id) => {
  const row = await t.get("outbox", id);
  if (!row) throw named("UnknownEntry", id);
  return row;
};
