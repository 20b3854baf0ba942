// What is being told on this phone: each begun thing by itself, on the disk within half a second of every word, and
// gone only when it is saved or thrown away.
const DRAFT_MS = 300;

// One who pressed a sign and went back has begun nothing.
export const isBegun = (draft) => !draft.polarity || draft.categories.length > 0;

export const newKey = () => `finding/${crypto.randomUUID()}`;
export const checkKey = (stop) => `check/${stop}`;
export const entryKey = (id) => `one/${id}`;

// The screen where one goes on with it.
export const routeOf = (draft) => (draft.polarity ? `${draft.step}/${draft.key}` : draft.key);

export const newDrafting = (store, walk) => {
  const known = new Map();
  const unkept = new Set();
  const writing = new Set();
  let timer = 0;

  const keep = async (key) => {
    unkept.delete(key);
    if (!known.has(key)) return;
    writing.add(key);
    await store.saveDraft(walk, key, known.get(key)).finally(() => writing.delete(key));
  };
  // All are begun at once: a page that is going away waits for nothing.
  const keepNow = () => {
    clearTimeout(timer);
    timer = 0;
    return Promise.all([...unkept].map(keep));
  };
  const keepSoon = (key) => {
    unkept.add(key);
    timer ||= setTimeout(() => keepNow().catch(() => {}), DRAFT_MS);
  };

  const put = (key, said) => {
    known.set(key, Object.assign(known.get(key) ?? { key, began_ms: Date.now() }, said));
    keepSoon(key);
  };
  // Out of what is offered, while it is being saved.
  const take = (key) => {
    const draft = known.get(key);
    known.delete(key);
    unkept.delete(key);
    return draft;
  };
  const drop = async (key) => {
    take(key);
    await store.dropDraft(walk, key);
  };

  // As it is on the disk: another tab may have begun, saved or thrown away something.
  const read = async () => {
    const rows = await store.drafts(walk);
    const isOurs = (key) => unkept.has(key) || writing.has(key);
    const kept = new Set(rows.map(({ key }) => key));
    for (const key of [...known.keys()]) if (!kept.has(key) && !isOurs(key)) known.delete(key);
    for (const { key, draft, savedAt } of rows)
      if (!isOurs(key)) known.set(key, Object.assign(known.get(key) ?? {}, { began_ms: savedAt }, draft, { key }));
  };

  return {
    get: (key) => known.get(key) ?? null,
    begun: () => [...known.values()].filter(isBegun).sort((a, b) => b.began_ms - a.began_ms),
    put,
    change: (key, said) => known.has(key) && put(key, said),
    take,
    giveBack: (draft) => draft && put(draft.key, draft),
    drop,
    dropEmpty: () => Promise.all([...known.values()].filter((draft) => !isBegun(draft)).map(({ key }) => drop(key))),
    read,
    keepNow,
    isUnkept: () => unkept.size > 0,
  };
};
