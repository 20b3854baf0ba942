// The group of the walk that this phone goes in: dealt by the leader, changed by who carries it, and told both ways
// with what is still on the phone.
const noteOf = (walk) => `group ${walk}`;

const noted = async (store, walk) => (await store.remembered(noteOf(walk))) ?? {};

// { group, groups }: as was chosen here, else as was told last.
export const groupOf = async (store, { walk, groups }) => {
  const { wish, group, groups: of } = await noted(store, walk);
  const first = async () => (await store.token(walk).catch(() => null))?.group ?? 1;
  return { group: wish ?? group ?? (await first()), groups: of ?? groups };
};

// What was chosen here and the municipality has not heard of; null where it has.
export const groupWished = async (store, walk) => (await noted(store, walk)).wish ?? null;

export const wishGroup = async (store, walk, wish) => {
  await store.remember(noteOf(walk), { ...(await noted(store, walk)), wish });
  store.told();
};

// What the municipality answered; a choice made since it was asked stands.
export const groupTold = async (store, walk, { group, groups }, asked) => {
  if (!Number.isInteger(group) || !Number.isInteger(groups)) return;
  const before = await noted(store, walk);
  const wish = before.wish === asked ? null : (before.wish ?? null);
  if (before.group === group && before.groups === groups && (before.wish ?? null) === wish) return;
  await store.remember(noteOf(walk), { group, groups, wish });
  store.told();
};
