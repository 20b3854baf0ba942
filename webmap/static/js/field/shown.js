// What one sees of a row: how far it has come, and what stands in its way.
import { dueAt, isDone, isHeld, isOpen, isReceived, latest, openPhotos, openRevision, troubledPhotos } from "./outbox.js";

// isAfloat: whether it lies in memory only.
export const asShown = (row, { isSending, isAfloat }) => ({
  id: row.id,
  kind: row.kind,
  state: isSending ? "sending" : stateOf(row),
  createdAt: row.created_at,
  content: row.content && latest(row),
  receipt: row.receipt,
  photos: row.photos.map(({ id, state, last_error: lastError }) => ({ id, state, lastError })),
  lastError: row.last_error ?? openRevision(row)?.last_error ?? troubledPhotos(row)[0]?.last_error ?? null,
  nextAt: nextAt(row),
  attempts: row.attempts,
  isHeld: isHeld(row),
  isDone: isDone(row),
  isAfloat,
  photosOpen: openPhotos(row).length,
  photosInTrouble: troubledPhotos(row).length,
});

// What is left of one whose content has left the phone.
export const asReceipt = (row) => ({
  id: row.id,
  kind: row.kind,
  state: row.state,
  createdAt: row.created_at,
  content: null,
  receipt: { seq: row.server_seq, sha256: row.sha256, received_at: row.received_at },
  photos: row.photos,
  lastError: null,
  nextAt: 0,
  attempts: 0,
  isHeld: false,
  isDone: true,
  isAfloat: false,
  photosOpen: 0,
  photosInTrouble: 0,
});

const sum = (shown, name) => shown.reduce((total, each) => total + Number(each[name]), 0);

// unsent: what keeps one from leaving. photosWaiting: those that go by themselves.
export const countsOf = (all) => {
  const live = all.filter((each) => each.state !== "withdrawn");
  const count = (...states) => live.filter((each) => states.includes(each.state)).length;
  const received = count("received", "photo_waiting", "aside");
  const needsHelp = count("needs_help");
  return {
    saved: live.length,
    received,
    waiting: live.length - received - needsHelp,
    photosWaiting: sum(live, "photosOpen"),
    photosInTrouble: sum(live, "photosInTrouble"),
    needsHelp,
    unsent: all.length - sum(all, "isDone"),
    afloat: sum(all, "isAfloat"),
  };
};

const stateOf = (row) => {
  if (row.state === "withdrawn") return openRevision(row) ? "saved" : "withdrawn";
  if (row.state === "needs_help" || openRevision(row)?.state === "needs_help") return "needs_help";
  if (!isReceived(row) || openRevision(row)) return "saved";
  if (troubledPhotos(row).length) return "needs_help";
  return openPhotos(row).length ? "photo_waiting" : row.state;
};

const nextAt = (row) => {
  const parts = [row, openRevision(row), ...openPhotos(row)].filter(Boolean);
  const waits = parts.filter((part) => part === row || isOpen(part)).map((part) => dueAt(part));
  return Math.max(isHeld(row) ? row.hold_until : 0, ...waits.filter(Number.isFinite));
};
