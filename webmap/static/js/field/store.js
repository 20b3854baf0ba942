// The phone's memory of a walk: the draft, what is saved, its photos and receipts. Nothing counts as saved before it
// is on the disk, or said to be afloat.
import { named, openShelf } from "./shelf.js";
import { digestOf, isDone, isOpen, isReceived, makeRoom, newPhoto, newRevision, newRow, openPhotos, openRevision, rowOf } from "./outbox.js";

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

  // A change before anything was sent is made in place; after it, it is a message of its own.
  const revise = (row, content, how) => {
    row.edits += 1;
    if (row.body === null) {
      row.content = content;
      return;
    }
    const unsent = row.revisions.find((each) => isOpen(each) && each.body === null);
    if (unsent) Object.assign(unsent, { content, withdrawn: how?.isWithdrawn ?? false });
    else row.revisions.push(newRevision(content, how));
  };

  const latest = (row) => row.revisions.at(-1)?.content ?? row.content;

  const asShown = (row) => ({
    id: row.id,
    kind: row.kind,
    state: sending.has(row.id) ? "sending" : stateOf(row),
    createdAt: row.created_at,
    content: row.content && latest(row),
    receipt: row.receipt,
    photos: row.photos.map(({ id, state, last_error: lastError }) => ({ id, state, lastError })),
    lastError: row.last_error ?? openRevision(row)?.last_error ?? null,
    nextAt: nextAt(row),
    attempts: row.attempts,
    isHeld: row.body === null && row.hold_until > Date.now(),
  });

  const asReceipt = (row) => ({
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
  });

  const rows = async (walk) => (await shelf.read(["outbox"], (t) => t.all("outbox"))).filter((row) => row.walk === walk);

  const all = async (walk) => {
    const [kept, receipts] = await shelf.read(["outbox", "receipts"], async (t) => [await t.all("outbox"), await t.all("receipts")]);
    const known = new Set(kept.map((row) => row.id));
    const gone = receipts.filter((row) => row.walk === walk && !known.has(row.id)).map(asReceipt);
    const shown = [...kept.filter((row) => row.walk === walk).map(asShown), ...gone];
    return shown.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  };

  const counts = async (walk) => {
    const live = (await all(walk)).filter((each) => each.state !== "withdrawn");
    const count = (...states) => live.filter((each) => states.includes(each.state)).length;
    const received = count("received", "photo_waiting", "aside");
    const needsHelp = count("needs_help");
    const photosWaiting = live.flatMap((each) => each.photos).filter((photo) => photo.state === "saved").length;
    return { saved: live.length, received, waiting: live.length - received - needsHelp, photosWaiting, needsHelp };
  };

  const keep = async (walk, content, { kind = "finding", holdMs = 0 } = {}) => {
    const id = crypto.randomUUID();
    await inRoom(["outbox", "drafts", "notes"], async (t) => {
      const count = (await t.get("notes", "device_seq"))?.value ?? 0;
      await t.put("notes", { name: "device_seq", value: count + 1 });
      await t.put("outbox", newRow(id, walk, structuredClone(content), { kind, holdMs, deviceSeq: count + 1 }));
      await t.remove("drafts", walk);
    });
    return id;
  };

  const change = (id, content) =>
    inRoom(["outbox"], async (t) => {
      const row = await rowOf(t, id);
      revise(row, structuredClone(content));
      await t.put("outbox", row);
    });

  const withdraw = (id) =>
    act(["outbox", "blobs"], async (t) => {
      const row = await rowOf(t, id);
      if (row.body === null) {
        Object.assign(row, { state: "withdrawn", content: null, withdrawn_ms: Date.now() });
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

  const photo = async (id) => {
    const row = await shelf.read(["blobs"], (t) => t.get("blobs", id));
    return row ? new Blob([row.blob], { type: row.type }) : null;
  };

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
    counts,
    keep,
    change,
    withdraw,
    addPhoto,
    dropPhoto,
    photo,
    note,
    told,
    saveDraft: (walk, draft) =>
      shelf.write(["drafts"], (t) => t.put("drafts", { walk, draft: structuredClone(draft), saved_at: Date.now() })),
    draft: async (walk) => (await shelf.read(["drafts"], (t) => t.get("drafts", walk)))?.draft ?? null,
    dropDraft: (walk) => shelf.write(["drafts"], (t) => t.remove("drafts", walk)),
    release: (id) =>
      act(["outbox"], async (t) => {
        const row = await t.get("outbox", id);
        if (row) await t.put("outbox", { ...row, hold_until: 0 });
      }),
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
    unsent: async (walk) => (await all(walk)).filter((each) => !isQuiet(each)),
    // "kept", or "afloat", "full" or "memory": then the app must not be closed.
    health: () => shelf.state(),
    onChange: (listen) => {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
  };
};

const isQuiet = (shown) => ["received", "withdrawn", "aside"].includes(shown.state) && shown.photos.every((photo) => photo.state !== "saved");

const stateOf = (row) => {
  if (row.state === "withdrawn") return openRevision(row) ? "saved" : "withdrawn";
  if (row.state === "needs_help" || openRevision(row)?.state === "needs_help") return "needs_help";
  if (!isReceived(row) || openRevision(row)) return "saved";
  return openPhotos(row).length ? "photo_waiting" : row.state;
};

const nextAt = (row) => {
  const parts = [row, openRevision(row), ...openPhotos(row)].filter(Boolean);
  const waits = parts.filter((part) => part === row || isOpen(part)).map((part) => part.next_at);
  return Math.max(row.body === null ? row.hold_until : 0, ...waits.filter(Number.isFinite));
};
