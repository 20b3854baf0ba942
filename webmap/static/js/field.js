// The app of those who walk along: one screen at a time, told by the address, over a memory that loses nothing.
import { newApp } from "./field/app.js";
import { startSayings, say } from "./field/sayings.js";
import { openStore } from "./field/store.js";

const KEPT = "walk of ";

const fetched = async (code, name) => {
  const answer = await fetch(`/w/${code}/${name}`, { credentials: "omit", redirect: "error" });
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.json();
};

// From the server, or as it was when it last answered.
const walkOf = async (store, code) => {
  try {
    const walk = await fetched(code, "walk.json");
    await store.remember(KEPT + code, walk).catch(() => {});
    return walk;
  } catch (fault) {
    const before = await store.remembered(KEPT + code);
    if (before) return before;
    throw fault;
  }
};

const box = document.querySelector("[data-field]");
const loading = box.querySelector("[data-loading]");

const start = async () => {
  startSayings(box);
  box.querySelector(".plain-only").remove();
  loading.textContent = say("loading");
  const { code } = box.dataset;
  let isKept = true;
  const store = await openStore().catch(() => {
    isKept = false;
    return openStore({ inMemory: true });
  });
  const walk = await walkOf(store, code);
  const app = newApp(box, { store, walk, code, isKept });
  loading.remove();
  await app.start();
  fetched(code, "ground.json")
    .then((ground) => app.chart.lay(ground))
    .catch(() => app.chart.lay(null)); // then there is the grid, and the names
};

start().catch(() => {
  loading.textContent = say("cannot_load");
  box.prepend(loading);
});
