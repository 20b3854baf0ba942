// A walk's route on the map: drawn as the list beside says it, and a point more with every tap. The server reckons.
import { boundsOf, drawGround, load, nameControls } from "./map/frame.js";
import { drawNames } from "./map/names.js";
import { themed } from "./map/opening.js";

const box = document.querySelector("[data-walk-map]");
const live = document.querySelector("[data-live]");
const words = JSON.parse(box.dataset.words);
const SHAPES = { unsafe: "M8 1.5 15.5 14.5H.5Z", safe: "M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1Z" };
const DECIMALS = 6;
const part = () => document.querySelector("[data-route-part]");

function written(className, text, label) {
  const face = document.createElement("span");
  face.className = className;
  face.textContent = text;
  if (label) face.title = label;
  return face;
}

function shapeOf(polarity) {
  const ground = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(ground, "svg");
  const path = document.createElementNS(ground, "path");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("class", `sh ${polarity}`);
  path.setAttribute("d", SHAPES[polarity] ?? SHAPES.safe);
  drawing.append(path);
  return drawing;
}

function put(layer, [lon, lat], html, className) {
  const icon = L.divIcon({ html, className, iconSize: null });
  L.marker([lat, lon], { icon, interactive: false, keyboard: false }).addTo(layer);
}

function draw(layer, said) {
  layer.clearLayers();
  const line = said.route.map(([lon, lat]) => [lat, lon]);
  const quiet = { interactive: false, fill: false };
  if (line.length) {
    L.polyline(line, { ...quiet, className: "walkroute-halo" }).addTo(layer);
    L.polyline(line, { ...quiet, className: "walkroute-path" }).addTo(layer);
  }
  for (const [lon, lat, polarity] of said.marks) put(layer, [lon, lat], shapeOf(polarity), "walkroute-spot");
  for (const [lon, lat, label] of said.others) put(layer, [lon, lat], written("walkroute-ring", "", label), "walkroute-spot");
  for (const at of said.vias) put(layer, at, written("walkroute-via", ""), "walkroute-spot");
  for (const [lon, lat, number, name] of said.stops) put(layer, [lon, lat], written("walkroute-disc", number, name), "walkroute-spot");
  if (said.start) put(layer, said.start, written("walkroute-begin", words.start), "walkroute-spot");
}

function around(said) {
  const spots = [...said.route, ...said.stops, ...said.marks, ...(said.start ? [said.start] : [])];
  return L.latLngBounds(spots.map(([lon, lat]) => [lat, lon]));
}

// Length, time and how it is drawn, as they stand beside the map.
function figuresNow() {
  const figures = part().querySelectorAll(".walkroute-figures > div");
  return [...figures].map((each) => [...each.children].map(({ textContent }) => textContent).join(" ")).join(", ");
}

const saidNow = () => JSON.parse(part().dataset.drawn);

// The same page by its address: every step can be gone back from, also with the browser's own button.
function startSteps(show) {
  let asking = new AbortController();

  async function go(address, { isBack = false, focus = null } = {}) {
    asking.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(address, { signal: asking.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-route-part]");
      if (!fresh) return location.assign(address);
      part().replaceWith(document.adoptNode(fresh));
      if (!isBack) history.pushState(null, "", address);
      show();
      live.textContent = `${words.done} ${figuresNow()}`;
      (focus ? part().querySelector(focus) : null)?.focus({ preventScroll: true });
    } catch (fault) {
      if (fault.name !== "AbortError") live.textContent = words.failed;
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-route]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(link.href, { focus: "#route-list" });
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches(".walkroute-propose")) return;
    event.preventDefault();
    go(`${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`, { focus: "#route-list" });
  });
  window.addEventListener("popstate", () => go(location.href, { isBack: true }));
  return go;
}

function startAdding(map, go) {
  const add = (at) => {
    const address = part().dataset.add;
    if (address) go(`${address}${at.lng.toFixed(DECIMALS)}:${at.lat.toFixed(DECIMALS)}`);
  };
  map.on("click", ({ latlng }) => add(latlng.wrap()));
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.target !== map.getContainer() || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    add(map.getCenter());
  });
}

async function start() {
  await load(box.dataset.leaflet);
  await load(box.dataset.script);
  const map = window.map_canvas;
  nameControls(box, words);
  drawGround(map, box.dataset, themed);
  const bounds = around(saidNow());
  if (bounds.isValid()) map.fitBounds(bounds, { animate: false, padding: [48, 48], maxZoom: 16 });
  else map.fitBounds(boundsOf(box.dataset.opening), { animate: false });
  drawNames(map, JSON.parse(box.dataset.places));
  const layer = L.layerGroup().addTo(map);
  const show = () => draw(layer, saidNow());
  const go = startSteps(show);
  show();
  if ("canLead" in box.dataset) startAdding(map, go);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
  box.dataset.ready = "";
}

start().catch(() => (box.querySelector("[data-failed]").hidden = false));
