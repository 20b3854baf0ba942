// The phone's memory of a walk: drafts, what is saved, its photos and receipts. Nothing counts as saved before it
// is on the disk, or said to be afloat.
import { digestOf } from "./body.js";
import { offsetOf } from "./clock.js";
import { forgetDrafts, keyOfEntry, NEW, newDrafts } from "./drafts.js";
import { isDone, latest, makeRoom, MOST_PHOTOS, newPhoto, newRow, openPhotos, revise, rowOf, troubledPhotos, UNANSWERED } from "./outbox.js";
import { named, openShelf } from "./shelf.js";
import { asReceipt, asShown, countsOf } from "./shown.js";

export const CLOCK = "clock"; // the note of what the server's clock was last heard to be
const MOST_LOG = 100;
const CHANNEL = "trygg";

export const openStore = async ({ inMemory = false } = {}) => {
  if (!self.crypto?.subtle || !crypto.randomUUID) throw named("StoreMissing", "no secure context");
  if (inMemory) return newStore(await openShelf({ inMemory }));
  if (!self.indexedDB) throw named("StoreMissing", "no IndexedDB");
  try {
    return newStore(await openShelf());
  } catch (fault) {
    throw named("StoreMissing", String(fault));
  }
};

const newStore = (shelf) => {
  const listeners = new Set();
  const sending = new Set();
  const channel = self.BroadcastChannel ? new BroadcastChannel(CHANNEL) : null;
  const tell = (what) => listeners.forEach((listen) => listen(what));
  const told = (what = {}) => {
    tell(what);
    channel?.postMessage(what);
  };
  if (channel) channel.onmessage = ({ data }) => tell(data ?? {});
  shelf.onState(() => told());

  const act = async (names, work, how) => {
    const result = await shelf.write(names, work, how);
    told();
    return result;
  };

  const inRoom = async (names, work, how) => {
    const result = await act(names, work, how).catch(async (fault) => {
      if (fault.name !== "PhoneFull") throw fault;
      await makeRoom(shelf);
      return act(names, work, how);
    });
    if (shelf.state() === "full") await makeRoom(shelf).then(shelf.flush);
    return result;
  };

  const shownOf = (row) => asShown(row, { isSending: sending.has(row.id), isAfloat: shelf.isAfloat("outbox", row.id) });

  const rows = async (walk) => (await shelf.read(["outbox"], (t) => t.all("outbox"))).filter((row) => row.walk === walk);

  const all = async (walk) => {
    const [kept, receipts] = await shelf.read(["outbox", "receipts"], async (t) => [await t.all("outbox"), await t.all("receipts")]);
    const known = new Set(kept.map((row) => row.id));
    const gone = receipts.filter((row) => row.walk === walk && !known.has(row.id)).map(asReceipt);
    const shown = [...kept.filter((row) => row.walk === walk).map(shownOf), ...gone];
    return shown.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  };

  // draft: the key of what it was made of, which goes in the same transaction.
  const keep = async (walk, content, { kind = "finding", holdMs = 0, draft = kind === "check" ? `check/${content.stop}` : NEW } = {}) => {
    const id = crypto.randomUUID();
    await inRoom(["outbox", "drafts", "notes"], async (t) => {
      const count = (await t.get("notes", "device_seq"))?.value ?? 0;
      await t.put("notes", { name: "device_seq", value: count + 1 });
      const offsetS = offsetOf((await t.get("notes", CLOCK))?.value);
      await t.put("outbox", newRow(id, walk, structuredClone(content), { kind, holdMs, deviceSeq: count + 1, offsetS }));
      await forgetDrafts(t, walk, draft);
    });
    return id;
  };

  const change = (id, content) =>
    inRoom(["outbox", "drafts"], async (t) => {
      const row = await rowOf(t, id);
      revise(row, structuredClone(content));
      await t.put("outbox", row);
      await forgetDrafts(t, row.walk, keyOfEntry(row));
    });

  const withdraw = (id) =>
    act(["outbox", "blobs", "drafts"], async (t) => {
      const row = await rowOf(t, id);
      await forgetDrafts(t, row.walk, keyOfEntry(row));
      if (row.body === null) {
        Object.assign(row, { state: "withdrawn", content: null, withdrawn_ms: Date.now(), edits: row.edits + 1 });
        for (const photo of row.photos) await t.remove("blobs", photo.id);
        row.photos = [];
      } else revise(row, latest(row), { isWithdrawn: true });
      await t.put("outbox", row);
    });

  const addPhoto = async (id, blob) => {
    const bytes = await blob.arrayBuffer();
    const photo = newPhoto(crypto.randomUUID(), await digestOf(bytes));
    await inRoom(
      ["outbox", "blobs"],
      async (t) => {
        const row = await rowOf(t, id);
        if (row.photos.length >= MOST_PHOTOS) throw named("PhotosEnough", id);
        row.photos.push({ ...photo });
        revise(row, latest(row));
        await t.put("blobs", { photo_id: photo.id, finding_id: id, type: blob.type, blob: bytes, sha256: photo.sha256 });
        await t.put("outbox", row);
      },
      { floatsWhenFull: false },
    );
    return photo.id;
  };

  const dropPhoto = async (photo) => {
    await shelf.free("blobs", [photo]);
    await act(["outbox"], async (t) => {
      const row = (await t.all("outbox")).find((each) => each.photos.some(({ id }) => id === photo));
      if (!row) return;
      row.photos = row.photos.filter(({ id }) => id !== photo);
      revise(row, latest(row));
      await t.put("outbox", row);
    });
  };

  // What does not go by itself is tried once more.
  const tryPhotoAgain = (photo) =>
    act(["outbox"], async (t) => {
      const row = (await t.all("outbox")).find((each) => each.photos.some(({ id }) => id === photo));
      if (!row) return;
      Object.assign(row.photos.find(({ id }) => id === photo), UNANSWERED, { state: "saved" });
      await t.put("outbox", row);
    });

  // On a phone that is full, once somebody has said so: unsent photos go, so that texts reach the disk. Returns how many.
  const giveUpPhotos = async (walk) => {
    const given = (await rows(walk)).flatMap((row) => [...openPhotos(row), ...troubledPhotos(row)]).map(({ id }) => id);
    for (const id of given) await dropPhoto(id);
    await shelf.flush();
    told();
    return given.length;
  };

  // Throws where the disk does not answer: then it is not known whether there is one.
  const photo = async (id) => {
    const row = await shelf.read(["blobs"], (t) => t.get("blobs", id));
    return row ? new Blob([row.blob], { type: row.type }) : null;
  };

  // What is held back for a word more goes too.
  const release = (isIt) =>
    act(["outbox"], async (t) => {
      for (const row of await t.all("outbox")) if (row.hold_until && isIt(row)) await t.put("outbox", { ...row, hold_until: 0 });
    });

  const note = (words) =>
    shelf
      .write(["log"], async (t) => {
        const lines = await t.all("log");
        for (const line of lines.slice(0, Math.max(0, lines.length - MOST_LOG))) await t.remove("log", line.number);
        await t.put("log", { at: new Date().toISOString(), words });
      })
      .catch(() => {}); // a log is never worth a failure

  return {
    shelf,
    rows,
    all,
    counts: async (walk) => countsOf(await all(walk)),
    keep,
    change,
    withdraw,
    addPhoto,
    dropPhoto,
    tryPhotoAgain,
    giveUpPhotos,
    photo,
    note,
    told,
    ...newDrafts(shelf),
    release: (id) => release((row) => row.id === id),
    releaseAll: (walk) => release((row) => row.walk === walk),
    token: (walk) => shelf.read(["tokens"], (t) => t.get("tokens", walk)).then((row) => row ?? null),
    setToken: (walk, joined) => act(["tokens"], (t) => t.put("tokens", { ...joined, walk, refused: false })),
    refuseToken: (walk, token) =>
      act(["tokens"], async (t) => {
        const row = await t.get("tokens", walk);
        if (row?.token === token) await t.put("tokens", { ...row, refused: true });
      }),
    walks: () => shelf.read(["tokens"], (t) => t.all("tokens")),
    remembered: async (name) => (await shelf.read(["notes"], (t) => t.get("notes", name)))?.value ?? null,
    remember: (name, value) => shelf.write(["notes"], (t) => t.put("notes", { name, value })),
    isSending: (id, isSo) => {
      if (isSo) sending.add(id);
      else sending.delete(id);
      told();
    },
    // Whether nothing of any walk is unsent or half written.
    isEmpty: () =>
      shelf.read(["outbox", "drafts"], async (t) => !(await t.all("drafts")).length && (await t.all("outbox")).every(isDone)),
    unsent: async (walk) => (await all(walk)).filter((each) => !each.isDone),
    clockOffset: async () => offsetOf((await shelf.read(["notes"], (t) => t.get("notes", CLOCK)))?.value),
    // "kept", or "afloat", "full" or "memory": then the app must not be closed.
    health: () => shelf.state(),
    onChange: (listen) => {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
  };
};
