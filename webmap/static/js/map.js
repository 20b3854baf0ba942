// The staff map. Folium's script has drawn the ground as `map_canvas`; names, surface and answers come here.
import { askAgain, startFilter } from "./map/filter.js";
import { drawKilometres } from "./map/kilometres.js";
import { drawNames } from "./map/names.js";
import { openAhead } from "./map/opening.js";
import { copyLink, keepView, openView } from "./map/view.js";
import { startSurface } from "./map/surface.js";

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
  const [[west, south], [east, north]] = JSON.parse(box.dataset.bounds);
  const bounds = L.latLngBounds([south, west], [north, east]);
  nameControls(map, words);
  const goHome = () => map.fitBounds(bounds, openView.padding());
  addHome(map, words, goHome);
  openView(map, box);
  let beside = null;
  // Nothing of it is run before the tiles are there: what is looked for first comes first.
  const startRest = async () => {
    drawNames(map, JSON.parse(box.dataset.places));
    drawKilometres(map, box.querySelector("[data-km]"));
    const { startBeside } = await import("./map/beside.js");
    return startBeside(map, box, words);
  };
  const surface = startSurface(map, box, async () => {
    beside ??= startRest();
    (await beside).show();
  });
  startFilter({
    box,
    onChange: async () => {
      surface.show();
      (await beside)?.refresh();
    },
    onBusy: surface.busy,
  });
  keepView(map);
  failed.querySelector("[data-retry]").addEventListener("click", () => {
    failed.hidden = true;
    surface.show(true);
    askAgain();
  });
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
}

function begin() {
  if (window.L && window.map_canvas instanceof L.Map) return start(window.map_canvas);
  failed.hidden = false;
  failed.querySelector("[data-retry]").addEventListener("click", () => location.reload());
}

openAhead(box);
tellKeysFromPointer();
document.querySelector("[data-copy]").addEventListener("click", (event) => copyLink(event.currentTarget, box));
// Leaflet and Folium's script are read meanwhile.
document.addEventListener("DOMContentLoaded", begin);
