// The bytes of what is sent: written and hashed once, the same every time from then on.
import { savedAt } from "./clock.js";

const SCHEMA = 1;

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
  row.kind === "check"
    ? content
    : { stop: null, position: null, place_text: "", text: "", severity: null, ...content, photos: row.photos.map(({ id }) => id) };

const textOf = (row, revision, offsetS) => {
  if (!revision) return canonical({ ...said(row, row.content), ...envelope(row, offsetS) });
  const own = { ...envelope(row, row.offset_s ?? offsetS), revision: revision.id };
  return canonical(revision.withdrawn ? { ...own, withdrawn: true } : { ...said(row, revision.content), ...own });
};

// The bytes of a row, or of its change. They are hashed outside the transaction, which would not wait; what was changed
// meanwhile is written anew. Null where there is nothing to send: it is gone, or was taken back.
export const frozen = async (shelf, id, revisionId, offsetS) => {
  const part = (row) => {
    if (revisionId) return row?.revisions.find((each) => each.id === revisionId);
    return row?.state === "withdrawn" ? null : row;
  };
  for (;;) {
    const before = await shelf.read(["outbox"], (t) => t.get("outbox", id));
    if (!part(before)) return null;
    if (part(before).body !== null) return { row: before, part: part(before) };
    const moment = revisionId ? {} : savedAt(before, offsetS);
    const body = textOf({ ...before, ...moment }, revisionId && part(before), moment.offset_s ?? offsetS);
    const sha256 = await digestOf(new TextEncoder().encode(body));
    const after = await shelf.write(["outbox"], async (t) => {
      const row = await t.get("outbox", id);
      if (!part(row) || row.edits !== before.edits) return null;
      Object.assign(row, moment);
      Object.assign(part(row), { body, sha256 });
      await t.put("outbox", row);
      return row;
    });
    if (after) return { row: after, part: part(after) };
  }
};
