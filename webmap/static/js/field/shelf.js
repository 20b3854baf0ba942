// Rows kept on the phone: a write counts when it is on the disk. Where the disk fails the rows are kept afloat, in
// memory, over what the disk last held, and are written as soon as it takes them.
const NAME = "trygg";
const VERSION = 1;
const KEYS = {
  drafts: "walk",
  outbox: "id",
  blobs: "photo_id",
  receipts: "id",
  tokens: "walk",
  notes: "name",
  log: "number",
};
const UNREMEMBERED = ["blobs", "log"]; // too large, or of no use, to be held in memory as well
const UNGUESSED = ["outbox", "blobs", "tokens"]; // of these, what the disk was never heard to say is not taken for nothing
const PATIENCE_MS = 10_000;
const AGAIN_MS = 5_000;

export const named = (name, words) => Object.assign(new Error(words), { name });

export const openShelf = async ({ inMemory = false } = {}) => {
  const shelf = newShelf(inMemory);
  if (!inMemory) await shelf.open();
  return shelf;
};

const asked = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

const inTime = (promise) => {
  let timer;
  const late = new Promise((_, failed) => {
    timer = setTimeout(() => failed(new DOMException("too late", "TimeoutError")), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

const opened = () => {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    for (const [name, keyPath] of Object.entries(KEYS))
      request.result.createObjectStore(name, { keyPath, autoIncrement: name === "log" });
  };
  return asked(request);
};

const isFull = (fault) => fault?.name === "QuotaExceededError";

const newMaps = () => Object.fromEntries(Object.keys(KEYS).map((name) => [name, new Map()]));

// What a piece of work sees: rows afloat lie over those below.
const sight = (below, afloat, put) => ({
  get: async (name, key) => (afloat[name].has(key) ? afloat[name].get(key) : below.get(name, key)),
  all: async (name) => {
    const over = afloat[name];
    const rows = (await below.all(name)).filter((row) => !over.has(row[KEYS[name]]));
    return [...rows, ...[...over.values()].filter(Boolean)];
  },
  put: (name, row) => put(name, row[KEYS[name]], row),
  remove: (name, key) => put(name, key, null),
});

const newShelf = (inMemory) => {
  const afloat = newMaps();
  const remembered = newMaps();
  const heard = new Set(); // names of stores, and of rows, that the disk has told of
  const listeners = new Set();
  let database = null;
  let opening = null;
  let state = inMemory ? "memory" : "kept";
  let again = 0;

  const say = (next) => {
    if (inMemory || next === state) return;
    state = next;
    for (const listen of listeners) listen(state);
  };

  const isAfloat = () => Object.values(afloat).some((rows) => rows.size > 0);

  const open = async () => {
    if (database) return database;
    opening ??= inTime(opened()).finally(() => (opening = null));
    database = await opening;
    database.onclose = () => (database = null); // iOS closes it when memory is short
    database.onversionchange = () => {
      database?.close();
      database = null;
    };
    return database;
  };

  // A transaction that writes has first put what was afloat in its place.
  const onDisk = (tx, mode, changes) => {
    const at = (name) => tx.objectStore(name);
    const below = {
      get: async (name, key) => {
        const row = await asked(at(name).get(key));
        remember([[name, key, row]]);
        return row;
      },
      all: async (name) => {
        const rows = await asked(at(name).getAll());
        if (!UNREMEMBERED.includes(name)) {
          remembered[name] = new Map(rows.map((row) => [row[KEYS[name]], row]));
          heard.add(name);
        }
        return rows;
      },
    };
    const put = async (name, key, row) => {
      await asked(row ? at(name).put(row) : at(name).delete(key));
      changes.push([name, key, row]);
    };
    return sight(below, mode === "readwrite" ? newMaps() : afloat, put);
  };

  const remember = (changes) => {
    for (const [name, key, row] of changes) {
      if (UNREMEMBERED.includes(name)) continue;
      heard.add(`${name} ${key}`);
      if (row) remembered[name].set(key, row);
      else remembered[name].delete(key);
    }
  };

  const once = async (names, mode, work, floating = mode === "readwrite" ? floats() : []) => {
    const from = await open();
    const stores = [...new Set([...names, ...floating.map(([name]) => name)])];
    const changes = [];
    let tx;
    let fault;
    const ended = new Promise((done, failed) => {
      let result;
      tx = from.transaction(stores, mode, { durability: "strict" });
      tx.oncomplete = () => done(result);
      tx.onabort = () => failed(fault ?? tx.error ?? new DOMException("aborted", "AbortError"));
      const run = async () => {
        const there = onDisk(tx, mode, changes);
        for (const [name, key, row] of floating) await (row ? there.put(name, row) : there.remove(name, key));
        result = await work(there);
      };
      run().catch((thrown) => {
        fault = tx.error ?? thrown;
        try {
          tx.abort();
        } catch {
          failed(fault); // it was over already
        }
      });
    });
    const result = await inTime(ended);
    for (const [name, key, row] of floating) if (afloat[name].get(key) === row) afloat[name].delete(key);
    remember(changes);
    return result;
  };

  const floats = () => Object.entries(afloat).flatMap(([name, rows]) => [...rows].map(([key, row]) => [name, key, row]));

  // fault: why the disk does not say, where a reader has to know that it does not.
  const floating = (work, fault = null) => {
    const sure = (name, ...keys) => {
      const isKnown = inMemory || heard.has(name) || keys.some((key) => heard.has(`${name} ${key}`));
      if (fault && UNGUESSED.includes(name) && !isKnown) throw fault;
    };
    const below = {
      get: async (name, key) => sure(name, key) ?? remembered[name].get(key),
      all: async (name) => sure(name) ?? [...remembered[name].values()],
    };
    const put = async (name, key, row) => {
      if (name !== "log") afloat[name].set(key, row && structuredClone(row));
    };
    return work(sight(below, afloat, put));
  };

  const disk = async (names, mode, work) => {
    try {
      return await once(names, mode, work);
    } catch (fault) {
      if (!(fault instanceof DOMException) || isFull(fault)) throw fault;
      database?.close();
      database = null;
      return once(names, mode, work);
    }
  };

  const settle = () => {
    clearTimeout(again);
    say(isAfloat() ? state : "kept");
    if (isAfloat()) again = setTimeout(flush, AGAIN_MS);
  };

  // Makes room: takes rows off the disk before anything that is afloat is tried there again.
  const free = async (name, keys) => {
    for (const key of keys) afloat[name].delete(key);
    if (inMemory || !keys.length) return;
    const work = async (t) => {
      for (const key of keys) await t.remove(name, key);
    };
    await once([name], "readwrite", work, []).catch(() => {});
  };

  const flush = () => write([], async () => {}).catch(() => {});

  const read = async (names, work) => {
    if (inMemory) return floating(work);
    try {
      return await disk(names, "readonly", work);
    } catch (fault) {
      if (!(fault instanceof DOMException)) throw fault;
      return floating(work, fault);
    }
  };

  // floatsWhenFull: whether rows are worth the memory of a phone that is full. floats: whether it may be done in memory.
  const write = async (names, work, { floatsWhenFull = true, floats = true } = {}) => {
    if (inMemory) return floating(work);
    if (!names.length && !isAfloat()) return undefined;
    try {
      const result = await disk(names, "readwrite", work);
      settle();
      return result;
    } catch (fault) {
      if (!(fault instanceof DOMException)) throw fault;
      if (!floats) throw fault;
      if (isFull(fault) && !floatsWhenFull) throw named("PhoneFull", "the phone is full");
      const result = await floating(work);
      say(isFull(fault) ? "full" : "afloat");
      settle();
      return result;
    }
  };

  return {
    open,
    read,
    write,
    flush,
    free,
    state: () => state,
    isAfloat: (name, key) => inMemory || afloat[name].has(key),
    onState: (listen) => listeners.add(listen),
    close: () => database?.close(),
  };
};
