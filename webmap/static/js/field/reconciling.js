// What the server says it has, beside what it said before: after it went back to an older copy the rest is sent again,
// and what lies in a checked backup leaves the phone.
import { sendAgain, takeBackAgain, withdrawalOf } from "./again.js";
import { asJson, ask } from "./asking.js";
import { serverNow } from "./clock.js";
import { withdrawnThere } from "./delivery.js";
import { isNumberSafe, purge } from "./outbox.js";

export const RECONCILE_MS = 3_600_000;
const MOST_IDS = 200;

const newestKey = (walk) => `newest ${walk}`;

const newest = async ({ store, walk }) => (await store.remembered(newestKey(walk))) ?? { seq: 0, safe: 0 };

const isOfUse = (row) => row.receipt && (row.state !== "withdrawn" || withdrawalOf(row));

// Returns the sums it has, by id; null where an answer is missing.
export const reconcile = async (place) => {
  const rows = (await place.store.rows(place.walk)).filter(isOfUse);
  const sums = new Map();
  let safe = null;
  for (let first = 0; first < rows.length; first += MOST_IDS) {
    const some = rows.slice(first, first + MOST_IDS);
    const body = JSON.stringify({ ids: some.map((row) => row.id) });
    const address = `/api/v1/walks/${place.walk}/receipts`;
    const { status, said } = await ask(address, { method: "POST", token: place.token, body, headers: asJson });
    if (status !== 200) return null;
    for (const row of some) await compare(place, row, said[row.id]);
    for (const { id } of some) sums.set(id, said[id]?.sha256);
    for (const each of Object.values(said)) safe = each.safe_through ?? safe;
  }
  if (safe !== null) await place.store.remember(newestKey(place.walk), { ...(await newest(place)), safe });
  await place.store.remember(`reconciled ${place.walk}`, Date.now());
  return sums;
};

const compare = async (place, row, there) => {
  const { shelf } = place.store;
  if (row.state === "withdrawn") return there && !there.deleted_at ? takeBackAgain(shelf, row.id, there) : null; // else it is gone, as it should be
  if (!there) return sendAgain(shelf, row.id, null);
  if (there.deleted_at) return withdrawnThere(place, row.id, there);
  if (!there.photos) return null;
  const lost = row.photos.filter(({ id }) => there.photos[id] !== "received").map(({ id }) => id);
  return lost.length || there.revision < row.receipt.revision ? sendAgain(shelf, row.id, there, lost) : null;
};

export const isReconcileDue = async (store, walk) => {
  const last = await store.remembered(`reconciled ${walk}`);
  return last === null || last > Date.now() || Date.now() - last > RECONCILE_MS;
};

// What the answers of this round say of how far the server has come. Returns whether it went back.
export const noteNewest = async (place) => {
  const { seen } = place;
  if (!seen.length) return false;
  const before = await newest(place);
  const safe = seen.at(-1).safe;
  const wentBack = safe < before.safe || seen.some(({ seq, isNew }) => isNew && seq <= before.seq);
  const seq = wentBack ? Math.max(...seen.map((each) => each.seq)) : Math.max(before.seq, ...seen.map((each) => each.seq));
  await place.store.remember(newestKey(place.walk), { seq, safe });
  return wentBack;
};

// What lies in a backup leaves the phone, once the server has said in this round that it is this that lies there.
// Returns whether it was asked anew.
export const clearOut = async (place, asked) => {
  const { store, walk } = place;
  const { safe } = await newest(place);
  const isMissing = (row) => isNumberSafe(row, safe) && !asked?.has(row.id);
  const isAny = (await store.rows(walk)).some(isMissing);
  const known = isAny ? await reconcile(place) : asked;
  await purge(store.shelf, walk, safe, known, serverNow(place.offsetS));
  return isAny;
};
