// The staff map. Folium's script has drawn the ground as `map_canvas`; names, surface and answers come here.
import { startExports } from "./map/exports.js";
import { askAgain, chooseHours, startFilter } from "./map/filter.js";
import { drawKilometres } from "./map/kilometres.js";
import { startLayers } from "./map/layers.js";
import { drawNames } from "./map/names.js";
import { copyLink, keepView, openView } from "./map/view.js";
import { startParts } from "./map/parts.js";
import { startPoints } from "./map/points.js";
import { startSpots } from "./map/spots.js";
import { startSurface } from "./map/surface.js";
import { startValues } from "./map/values.js";
import { startWeek } from "./map/week.js";

const box = document.getElementById("map");
const failed = box.querySelector("[data-failed]");

function nameControls(map, words) {
  for (const [part, word] of [["in", words.zoom_in], ["out", words.zoom_out]]) {
    const button = box.querySelector(`.leaflet-control-zoom-${part}`);
    button.title = word;
    button.setAttribute("aria-label", word);
  }
  const canvas = map.getContainer();
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", words.map);
}

function addHome(map, words, goHome) {
  const icon = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 9V4h5m6 0h5v5m0 6v5h-5m-6 0H4v-5"/></svg>';
  const button = L.DomUtil.create("a", "home", box.querySelector(".leaflet-control-zoom"));
  button.innerHTML = icon;
  button.href = "#";
  button.title = words.home;
  button.setAttribute("role", "button");
  button.setAttribute("aria-label", words.home);
  L.DomEvent.disableClickPropagation(button);
  L.DomEvent.on(button, "click", (event) => {
    L.DomEvent.preventDefault(event);
    goHome();
  });
}

// A ring and a cross for the one who steers with keys; the browser's own rule shows them after a click too.
function tellKeysFromPointer() {
  document.addEventListener("keydown", () => box.classList.add("is-keyed"));
  document.addEventListener("pointerdown", () => box.classList.remove("is-keyed"));
}

function start(map) {
  const words = JSON.parse(box.dataset.words);
  const boundsOf = ([[west, south], [east, north]]) => L.latLngBounds([south, west], [north, east]);
  const bounds = boundsOf(JSON.parse(box.dataset.bounds));
  const opening = boundsOf(JSON.parse(box.dataset.opening));
  nameControls(map, words);
  const goHome = () => map.fitBounds(bounds, openView.padding());
  addHome(map, words, goHome);
  openView(map, () => map.fitBounds(opening, openView.padding()));
  drawNames(map, JSON.parse(box.dataset.places));
  drawKilometres(map, box.querySelector("[data-km]"));
  startLayers(map, box);
  startExports(map, document.querySelector("[data-menu]"));
  const values = startValues(map, box, words);
  const points = startPoints(map, box, words);
  const spots = startSpots(map, document.querySelector("[data-part-of=list]"));
  startWeek(document.querySelector("[data-part-of=week]"), chooseHours);
  const parts = startParts(box, (name) => name === "list" && spots.draw());
  const showPoints = () => (box.dataset.points ? points.show() : points.hide());
  // What is slow waits until the map is there.
  const surface = startSurface(map, box, parts.show);
  startFilter({
    box,
    onChange: () => {
      surface.show();
      showPoints();
      values.refresh();
      parts.show();
    },
    onBusy: surface.busy,
  });
  showPoints();
  keepView(map);
  failed.querySelector("[data-retry]").addEventListener("click", () => {
    failed.hidden = true;
    surface.show(true);
    askAgain();
  });
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
}

tellKeysFromPointer();
document.querySelector("[data-copy]").addEventListener("click", (event) => copyLink(event.currentTarget, box));
if (window.L && window.map_canvas instanceof L.Map) start(window.map_canvas);
else {
  failed.hidden = false;
  failed.querySelector("[data-retry]").addEventListener("click", () => location.reload());
}
