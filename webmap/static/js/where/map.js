// The map to point at. Leaflet and Folium's script are fetched when the map is first seen.
import { startPin } from "./pin.js";
import { startPosition } from "./position.js";

const DEEPEST = 17;
const GROUND_TILE_PX = 512;
const AGAIN_MS = [1000, 3000, 8000];
const CLOSE_UP = 16;
const WORDS_FROM = 15;

function load(address) {
  return new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = () => fail(new Error(address));
    document.head.append(script);
  });
}

// One pixel is what the server sends for a tile that it does not have yet.
function askAgain(layer) {
  const asked = new WeakMap();
  layer.on("tileload", ({ tile }) => {
    const number = asked.get(tile) ?? 0;
    if (tile.naturalWidth > 1 || number >= AGAIN_MS.length) return;
    asked.set(tile, number + 1);
    const address = tile.src.replace(/\?again=\d+$/, "");
    setTimeout(() => tile.isConnected && (tile.src = `${address}?again=${number + 1}`), AGAIN_MS[number]);
  });
}

function drawGround(map, { base, baseFirst, baseLast, ground }, themed) {
  if (ground) {
    map.createPane("drawn").style.zIndex = 100;
    const url = () => themed(ground);
    const layer = L.tileLayer(url(), { pane: "drawn", tileSize: GROUND_TILE_PX, zoomOffset: -1, maxZoom: DEEPEST });
    layer.addTo(map);
    document.addEventListener("themechange", () => layer.setUrl(url()));
  }
  if (base) {
    map.createPane("base").style.zIndex = 120;
    const zooms = { minNativeZoom: Number(baseFirst), maxNativeZoom: Number(baseLast), maxZoom: DEEPEST };
    const layer = L.tileLayer(base, { pane: "base", ...zooms });
    askAgain(layer);
    layer.addTo(map);
  }
}

function diamond({ title, short }) {
  const label = document.createElement("span");
  const shape = document.createElement("span");
  const said = document.createElement("span");
  const name = document.createElement("b");
  label.className = "done-here";
  shape.className = "diamond";
  said.className = "said";
  name.textContent = title;
  said.append(name, ` ${short}`);
  label.append(shape, said);
  return label;
}

// Words from close by, and none that would lie on those of another.
function thin(map, markers) {
  const taken = [];
  const overlaps = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  for (const marker of markers) {
    const said = marker.getElement().querySelector(".said");
    said.hidden = map.getZoom() < WORDS_FROM;
    const box = said.getBoundingClientRect();
    if (said.hidden) continue;
    if (taken.some((other) => overlaps(box, other))) said.hidden = true;
    else taken.push(box);
  }
}

function drawMeasures(map, measures) {
  const markers = measures.map((measure) => {
    const icon = L.divIcon({ html: diamond(measure), className: "m-done", iconSize: null });
    return L.marker([measure.lat, measure.lon], { icon, interactive: false, keyboard: false }).addTo(map);
  });
  map.on("zoomend", () => thin(map, markers));
  thin(map, markers);
}

function nameControls(box, words) {
  for (const [part, word] of [["in", words.zoom_in], ["out", words.zoom_out]]) {
    const button = box.querySelector(`.leaflet-control-zoom-${part}`);
    button.title = word;
    button.setAttribute("aria-label", word);
  }
  const canvas = box.querySelector("#map_canvas");
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", words.map);
}

const boundsOf = (corners) => {
  const [[west, south], [east, north]] = JSON.parse(corners);
  return L.latLngBounds([south, west], [north, east]);
};

async function draw(box, tools) {
  const words = JSON.parse(box.dataset.words);
  await load(box.dataset.leaflet);
  await load(box.dataset.script);
  const map = window.map_canvas;
  nameControls(box, words);
  drawGround(map, box.dataset, tools.themed);
  const pin = startPin(map, box, words);
  if (pin.at()) map.setView(pin.at(), CLOSE_UP, { animate: false });
  else map.fitBounds(boundsOf(box.dataset.opening), { animate: false });
  tools.drawNames(map, JSON.parse(box.dataset.places));
  drawMeasures(map, JSON.parse(box.dataset.measures));
  startPosition(map, box, pin, words);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
  box.dataset.ready = "";
}

export function startMap(box, tools) {
  const failed = box.querySelector("[data-failed]");
  const seen = new IntersectionObserver(async ([entry]) => {
    if (!entry.isIntersecting) return;
    seen.disconnect();
    try {
      await draw(box, tools);
    } catch {
      failed.hidden = false;
    }
  });
  seen.observe(box);
}
