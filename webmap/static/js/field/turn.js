// One sender at a time on a phone, however many tabs are open: by a lock of the browser, or by a lease in the store.
import { isAhead } from "./clock.js";

const LEASE_MS = 30_000;
const RENEWED_MS = 10_000;

// Runs work and returns true, or returns false where another has the turn.
export const inTurn = (store, walk, work) => {
  const name = `sending ${walk}`;
  if (!navigator.locks) return onLease(store, name, work);
  return navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (!lock) return false;
    await work();
    return true;
  });
};

const onLease = async (store, name, work) => {
  const owner = crypto.randomUUID();
  if (!(await taken(store, name, owner))) return false;
  const renewing = setInterval(() => taken(store, name, owner), RENEWED_MS);
  try {
    await work();
  } finally {
    clearInterval(renewing);
    await store.shelf.write(["notes"], async (t) => {
      if ((await t.get("notes", name))?.value.owner === owner) await t.remove("notes", name);
    });
  }
  return true;
};

const taken = (store, name, owner) =>
  store.shelf.write(["notes"], async (t) => {
    const lease = (await t.get("notes", name))?.value;
    if (lease && lease.owner !== owner && isAhead(lease.until, LEASE_MS)) return false;
    await t.put("notes", { name, value: { owner, until: Date.now() + LEASE_MS } });
    return true;
  });
