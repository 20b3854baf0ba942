// What is half made, each by its key: "finding/<id>" for a new one, "one/<entry>" for words to one that is saved,
// "check/<stop>" for the answers at a stop. None takes the place of another.
export const NEW = "finding";

const nameOf = (walk, key) => `${walk} ${key}`;

// One from before there could be several lies under the walk alone, and is named by the screen it was made on.
const keyOf = ({ walk, of = walk, draft }) => {
  if (of !== walk) return walk.slice(of.length + 1);
  return draft.step?.includes("/") ? draft.step : NEW;
};

const ofWalk = async (t, walk) => (await t.all("drafts")).filter((row) => (row.of ?? row.walk) === walk);

export const keyOfEntry = (row) => (row.kind === "check" ? `check/${row.content?.stop}` : `one/${row.id}`);

// Within a transaction. key: null for all of the walk.
export const forgetDrafts = async (t, walk, key = null) => {
  for (const row of await ofWalk(t, walk)) if (key === null || keyOf(row) === key) await t.remove("drafts", row.walk);
};

export const newDrafts = (shelf) => {
  const drafts = async (walk) => {
    const rows = await shelf.read(["drafts"], (t) => ofWalk(t, walk));
    const shown = rows.map((row) => ({ key: keyOf(row), draft: row.draft, savedAt: row.saved_at }));
    return shown.sort((a, b) => b.savedAt - a.savedAt);
  };

  return {
    // [{key, draft, savedAt}], the newest first.
    drafts,
    draft: async (walk, key) => (await drafts(walk)).find((each) => each.key === key)?.draft ?? null,
    saveDraft: (walk, key, draft) =>
      shelf.write(["drafts"], async (t) => {
        await forgetDrafts(t, walk, key);
        await t.put("drafts", { walk: nameOf(walk, key), of: walk, draft: structuredClone(draft), saved_at: Date.now() });
      }),
    dropDraft: (walk, key) => shelf.write(["drafts"], (t) => forgetDrafts(t, walk, key)),
  };
};
