// Ways out: everything on the phone as a file, whatever the network does, and leaving when nothing is left to send.
import { frozen } from "./body.js";
import { forgetDrafts } from "./drafts.js";
import { baseOf, isDone, isOpen } from "./outbox.js";
import { named } from "./shelf.js";
import { zip } from "./zip.js";

const SCHEMA = 1;

// A zip, with how many of the photos could not be read just now and are not in it: leftOut.
export const exportFile = async (store, walk) => {
  const joined = await store.token(walk).catch(() => null);
  const entries = [];
  const photos = [];
  let leftOut = 0;
  for (const row of (await store.rows(walk)).sort((a, b) => a.device_seq - b.device_seq)) {
    const entry = await written(store, row);
    if (!entry) continue;
    entries.push(entry);
    for (const { id } of row.photos) {
      const blob = await store.photo(id).catch(() => undefined);
      if (blob) photos.push([`photos/${id}.jpg`, new Uint8Array(await blob.arrayBuffer())]);
      else if (blob === undefined) leftOut += 1;
    }
  }
  const outbox = { schema: SCHEMA, walk, device: joined?.device ?? null, entries };
  const file = zip([["outbox.json", new TextEncoder().encode(JSON.stringify(outbox))], ...photos]);
  return Object.assign(file, { leftOut });
};

// Frozen as if it had been sent: what comes by file and what comes later by network are the same bytes. Null for what
// was taken back before it was ever sent.
const written = async (store, row) => {
  const offsetS = await store.clockOffset();
  if (row.body === null && row.content === null) return null;
  const made = row.body === null ? await frozen(store.shelf, row.id, null, offsetS) : { part: row };
  if (!made) return null;
  const revisions = [];
  for (const each of toldOf(row)) {
    const change = await frozen(store.shelf, row.id, each.id, offsetS);
    if (!change) continue;
    const { id, body, sha256, state } = change.part;
    revisions.push({ id, base: baseOf(change.row, change.part), body, sha256, state });
  }
  return { id: row.id, kind: row.kind, body: made.part.body, sha256: made.part.sha256, revisions };
};

// That something is taken back makes what else was to be said of it idle.
const toldOf = ({ revisions }) => {
  const isTakenBack = revisions.some((each) => each.withdrawn && isOpen(each));
  return revisions.filter((each) => each.state !== "superseded" && (each.withdrawn || !isTakenBack || !isOpen(each)));
};

// What another tab has saved meanwhile keeps one too; and where the disk does not answer nothing is forgotten.
const TAKEN = ["drafts", "outbox", "blobs", "receipts", "tokens", "notes"];

export const leaveWalk = async (store, walk) => {
  const forget = async (t) => {
    const rows = (await t.all("outbox")).filter((row) => row.walk === walk);
    const unsent = rows.filter((row) => !isDone(row));
    if (unsent.length) throw named("StillUnsent", `${unsent.length}`);
    for (const row of rows) {
      for (const photo of row.photos) await t.remove("blobs", photo.id);
      await t.remove("outbox", row.id);
    }
    for (const row of await t.all("receipts")) if (row.walk === walk) await t.remove("receipts", row.id);
    const code = (await t.get("tokens", walk))?.code;
    for (const { name } of await t.all("notes"))
      if (name.endsWith(` ${walk}`) || (code && name.endsWith(` ${code}`))) await t.remove("notes", name);
    await forgetDrafts(t, walk);
    await t.remove("tokens", walk);
  };
  await store.shelf.write(TAKEN, forget, { floats: false });
  store.told();
};
