// Makes the app open without network, and lets a new version in only when nothing unsaved or unsent could suffer.
const ADDRESS = "/w/sw.js";
const SCOPE = "/w/";
const TASK = "trygg-send";
const PATIENCE_MS = 30_000;
const BETWEEN_MS = 2_000;

// code: what the walk is joined with. isKept: whether the app opens without network. isLasting: whether the browser
// has promised not to clear it.
export const installApp = async (store, code) => {
  const isLasting = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
  if (!navigator.serviceWorker) return { isKept: false, isLasting };
  try {
    const registration = await navigator.serviceWorker.register(ADDRESS, { scope: SCOPE, updateViaCache: "none" });
    watch(store, registration);
    const { active } = await navigator.serviceWorker.ready;
    return { isKept: await told(active, { do: "keep", code }), isLasting };
  } catch {
    return { isKept: false, isLasting };
  }
};

export const forgetApp = async (code) => {
  const registration = await navigator.serviceWorker?.getRegistration(SCOPE);
  if (registration?.active) await told(registration.active, { do: "forget", code });
};

const told = (worker, words) =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => done(false), PATIENCE_MS);
    port1.onmessage = ({ data }) => {
      clearTimeout(timer);
      done(data);
    };
    worker.postMessage(words, [port2]);
  });

const watch = (store, registration) => {
  let timer = 0;
  const look = async () => {
    timer = 0;
    const isEmpty = await store.isEmpty();
    if (registration.waiting && isEmpty) registration.waiting.postMessage({ do: "take over" });
    if (!isEmpty) await registration.sync?.register(TASK).catch(() => {}); // only a help: not every browser has it
  };
  const soon = () => {
    timer ||= setTimeout(() => look().catch(() => {}), BETWEEN_MS);
  };
  const found = () => registration.installing?.addEventListener("statechange", soon);
  registration.addEventListener("updatefound", found);
  found();
  store.onChange(soon);
  soon();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") registration.update().catch(() => {});
  });
};
