// The map to point at. Leaflet and Folium's script are fetched when the map is first seen.
import { boundsOf, drawGround, load, nameControls } from "../map/frame.js";
import { startPin } from "./pin.js";
import { startPosition } from "./position.js";

const CLOSE_UP = 16;
const WORDS_FROM = 15;

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
