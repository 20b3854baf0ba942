// Ways out: everything on the phone as a file, whatever the network does, and leaving when nothing is left to send.
import { frozen } from "./outbox.js";
import { named } from "./shelf.js";
import { zip } from "./zip.js";

const SCHEMA = 1;

export const exportFile = async (store, walk) => {
  const joined = await store.token(walk);
  const entries = [];
  const photos = [];
  for (const row of (await store.rows(walk)).sort((a, b) => a.device_seq - b.device_seq)) {
    if (row.content === null && row.body === null) continue; // withdrawn before it was ever sent
    entries.push(await written(store, row));
    for (const { id } of row.photos) {
      const blob = await store.photo(id);
      if (blob) photos.push([`photos/${id}.jpg`, new Uint8Array(await blob.arrayBuffer())]);
    }
  }
  const outbox = { schema: SCHEMA, walk, device: joined?.device ?? null, entries };
  return zip([["outbox.json", new TextEncoder().encode(JSON.stringify(outbox))], ...photos]);
};

// Frozen as if it had been sent: what comes by file and what comes later by network are the same bytes.
const written = async (store, row) => {
  const { part } = await frozen(store.shelf, row.id, null, await store.remembered("clock_offset_s"));
  const revisions = [];
  for (const each of row.revisions) {
    const made = await frozen(store.shelf, row.id, each.id, await store.remembered("clock_offset_s"));
    if (made) revisions.push({ id: each.id, base: made.part.base, body: made.part.body, sha256: made.part.sha256, state: made.part.state });
  }
  return { id: row.id, kind: row.kind, body: part.body, sha256: part.sha256, revisions };
};

export const leaveWalk = async (store, walk) => {
  const unsent = await store.unsent(walk);
  if (unsent.length) throw Object.assign(named("StillUnsent", `${unsent.length}`), { entries: unsent });
  await store.shelf.write(["drafts", "outbox", "blobs", "receipts", "tokens", "notes"], async (t) => {
    for (const row of await t.all("outbox")) {
      if (row.walk !== walk) continue;
      if (row.revisions.length && row.state === "saved") throw named("StillUnsent", row.id);
      for (const photo of row.photos) await t.remove("blobs", photo.id);
      await t.remove("outbox", row.id);
    }
    for (const row of await t.all("receipts")) if (row.walk === walk) await t.remove("receipts", row.id);
    const code = (await t.get("tokens", walk))?.code;
    for (const { name } of await t.all("notes"))
      if (name.endsWith(` ${walk}`) || (code && name.endsWith(` ${code}`))) await t.remove("notes", name);
    await t.remove("drafts", walk);
    await t.remove("tokens", walk);
  });
  store.told();
};
