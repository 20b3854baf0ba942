// The service worker of the walks: opens the app where there is no network and no server, and sends what is saved
// when the browser says that the network is back. What it keeps of a version it keeps until nobody uses it.
import { round } from "./rounds.js";
import { openStore } from "./store.js";
import { inTurn } from "./turn.js";

const PREFIX = "field-v-";
const OWN = PREFIX + self.FIELD_VERSION;
const WALKS = "field-walks";
const APP = /^\/w\/([^/]+)\/field$/;
const PLAN = /^\/w\/[^/]+\/(walk\.json|ground\.json|app\.webmanifest)$/;
const ASSET = /^\/static\//;
const BASE = /^\/map\/base\//;
const LOOSELY = { ignoreSearch: true, ignoreVary: true };
const GONE = [404, 410]; // the code was renewed, or the walk is no more
const PATIENCE_MS = 2_500;
const TASK = "trygg-send";

// The page of a café's network has not our headers; nothing of it is kept.
const isOurs = (answer) =>
  answer.ok && !answer.redirected && (answer.headers.get("Content-Security-Policy") ?? "").startsWith("default-src 'none'");

const fetched = async (address) => {
  const answer = await fetch(address, { cache: "no-cache", redirect: "error" });
  if (!GONE.includes(answer.status) && !isOurs(answer)) throw new Error(`${address}: ${answer.status}`);
  return answer;
};

const found = (text, pattern, from) => [...text.matchAll(pattern)].map((each) => new URL(each[1], from).href);

const NEEDED = /\.(js|css)$/;
const LINKED = /(?:src|href)="(\/static\/[^"#]+)"/g;
const POINTED = /url\(["']?(?!data:)([^"')]+)["']?\)/g;

const keepAsset = async (cache, address) => {
  if (await cache.match(address)) return;
  const answer = await fetched(address);
  if (!answer.ok && NEEDED.test(address)) throw new Error(`${address}: ${answer.status}`);
  if (!answer.ok) return;
  if (address.endsWith(".css")) {
    const sheet = await answer.clone().text();
    for (const each of found(sheet, POINTED, address)) await keepAsset(cache, each);
  }
  await cache.put(address, answer);
};

// The app of one walk with all it is made of, and then what is known of the walk. Throws where any of it is missing.
const keep = async (code) => {
  const address = new URL(`/w/${code}/field`, location.origin).href;
  const cache = await caches.open(OWN);
  if (!(await cache.match(address, LOOSELY))) {
    const answer = await fetched(address);
    if (!answer.ok) return Boolean(await caches.match(address, LOOSELY)); // it opens as it was
    for (const each of found(await answer.clone().text(), LINKED, address)) await keepAsset(cache, each);
    await cache.put(address, answer);
  }
  const walks = await caches.open(WALKS);
  for (const name of ["walk.json", "ground.json", "app.webmanifest"]) {
    const plan = await fetched(new URL(`/w/${code}/${name}`, location.origin).href);
    if (!plan.ok) continue;
    await walks.put(plan.url, plan.clone());
    if (name === "ground.json") await keepBase(walks, await plan.json());
  }
  return true;
};

const keepBase = async (walks, { base }) => {
  const addressOf = ([z, x, y]) => base.url.replace("{z}", z).replace("{x}", x).replace("{y}", y);
  for (const address of (base?.tiles ?? []).map(addressOf)) {
    if (await walks.match(address)) continue;
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok) await walks.put(address, answer);
  }
};

const codesIn = async (name) => {
  const pages = (await (await caches.open(name)).keys()).map((request) => APP.exec(new URL(request.url).pathname)?.[1]);
  return new Set(pages.filter(Boolean));
};

const versions = async () => (await caches.keys()).filter((name) => name.startsWith(PREFIX));

const keptCodes = async () => {
  const codes = await Promise.all((await versions()).map(codesIn));
  return new Set(codes.flatMap((each) => [...each]));
};

// A version that waits, or is being fetched, keeps what it needs under a name of its own already.
const isAlone = () => !self.registration.installing && !self.registration.waiting;

// Other versions go where this is the only one, and opens every walk that they open.
// most: how many pages may be open that use this version and none before it.
const clean = async (most) => {
  const others = (await versions()).filter((name) => name !== OWN);
  const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const windows = open.filter((each) => new URL(each.url).pathname.startsWith("/w/"));
  if (windows.length > most) return;
  const own = await codesIn(OWN);
  for (const name of others) {
    const isHeld = [...(await codesIn(name))].every((code) => own.has(code));
    if (isHeld && isAlone()) await caches.delete(name);
  }
};

const forget = async (code) => {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys())
      if (new URL(request.url).pathname.startsWith(`/w/${code}/`)) await cache.delete(request);
  }
};

const kept = async (request) => (await (await caches.open(OWN)).match(request, LOOSELY)) ?? caches.match(request, LOOSELY);

const page = async (request) => {
  const path = new URL(request.url).pathname;
  const own = APP.test(path) ? await kept(request) : null;
  if (own) return own;
  try {
    return await fetch(request);
  } catch (fault) {
    const code = /^\/w\/([^/]+)/.exec(path)?.[1];
    const app = code && `/w/${code}/field`;
    if (app && app !== path && (await kept(app))) return Response.redirect(app, 302);
    throw fault;
  }
};

const plan = async (request) => {
  const walks = await caches.open(WALKS);
  const before = await walks.match(request, LOOSELY);
  const now = fetch(request).then(async (answer) => {
    if (isOurs(answer)) await walks.put(new URL(request.url).pathname, answer.clone());
    else if (before && !GONE.includes(answer.status)) return before.clone();
    return answer;
  });
  if (!before) return now;
  const soon = new Promise((done) => setTimeout(() => done(before.clone()), navigator.onLine ? PATIENCE_MS : 0));
  return Promise.race([now.catch(() => before.clone()), soon]);
};

const file = async (request) => (await kept(request)) ?? fetch(request);

const sendAll = async () => {
  const windows = await clients.matchAll({ type: "window" });
  if (windows.some((each) => each.visibilityState === "visible")) return; // the page does it, and shows it
  const store = await openStore();
  const ends = [];
  for (const { walk } of await store.walks())
    await inTurn(store, walk, async () => ends.push(await round(store, walk, { force: "network" })));
  store.shelf.close();
  if (ends.includes("offline")) throw new Error("offline"); // the browser asks again
};

const ACTS = {
  keep: async ({ code }) => {
    const isKept = await keep(code);
    await clean(1);
    return isKept;
  },
  forget: ({ code }) => forget(code),
  "take over": () => self.skipWaiting(),
};

self.addEventListener("install", (event) => {
  event.waitUntil(keptCodes().then((codes) => Promise.all([...codes].map(keep))));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim().then(() => clean(0)));
});
self.addEventListener("message", (event) => {
  const act = ACTS[event.data?.do];
  if (!act) return;
  const answered = act(event.data).then(
    (said) => said ?? true,
    () => false,
  );
  event.waitUntil(answered.then((said) => event.ports[0]?.postMessage(said)));
});
self.addEventListener("sync", (event) => {
  if (event.tag === TASK) event.waitUntil(sendAll());
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (PLAN.test(pathname)) event.respondWith(plan(request));
  else if (ASSET.test(pathname) || BASE.test(pathname)) event.respondWith(file(request));
});
