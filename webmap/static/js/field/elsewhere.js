// Walks that this phone was on before and that have something here still: it is sent whatever walk is open, and shown
// until it has come through.
import { join } from "./joining.js";
import { isDone, troubledPhotos } from "./outbox.js";
import { startSender } from "./sender.js";

const PLAN = "walk of ";

const isStuck = (row) => row.state === "needs_help" || troubledPhotos(row).length > 0;

// [{walk, code, title, count, hasToken, trouble}]: trouble: "code" where the municipality asks for it, "help" where
// nothing of it goes by itself, else "".
const leftOf = async (store, here) => {
  const names = ["outbox", "notes", "tokens"];
  const [rows, notes, tokens] = await store.shelf.read(names, (t) => Promise.all(names.map((name) => t.all(name))));
  const open = rows.filter((row) => row.walk !== here && !isDone(row));
  return [...new Set(open.map((row) => row.walk))].map((walk) => {
    const plan = notes.find((note) => note.name.startsWith(PLAN) && note.value.walk === walk)?.value;
    const joined = tokens.find((token) => token.walk === walk);
    const code = plan?.code ?? joined?.code ?? "";
    const own = open.filter((row) => row.walk === walk);
    const trouble = joined?.refused ? "code" : own.every(isStuck) ? "help" : "";
    return { walk, code, title: plan?.title ?? code, count: own.length, hasToken: Boolean(joined), trouble };
  });
};

export const newElsewhere = (store, here) => {
  const senders = new Map();
  let left = [];

  // One that never had network while it was walked has no token yet.
  const sendOf = ({ walk, code, hasToken }) => {
    if (!hasToken && code) join(store, walk, code).catch(() => {});
    if (senders.has(walk)) senders.get(walk).sendNow();
    else senders.set(walk, startSender(store, walk));
  };
  const read = async () => {
    left = await leftOf(store, here);
    for (const [walk, sender] of senders)
      if (!left.some((each) => each.walk === walk)) {
        sender.stop();
        senders.delete(walk);
      }
  };

  return {
    left: () => left,
    count: () => left.reduce((sum, each) => sum + each.count, 0),
    read,
    send: () => left.forEach(sendOf),
    stop: () => senders.forEach((sender) => sender.stop()),
  };
};
