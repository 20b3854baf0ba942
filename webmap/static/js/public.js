// The public map. Its squares and their words come with the page; Leaflet is fetched when the map is opened.
import { boundsOf, drawGround, load, nameControls } from "./map/frame.js";
import { drawNames } from "./map/names.js";
import { themed, writtenView } from "./map/opening.js";

const WIDE = "(min-width: 901px)";
const MOST_ZOOM = 15;
const LEAST_ZOOM = 11;
const flipped = (ring) => ring.map(([longitude, latitude]) => [latitude, longitude]);

function line(parent, tag, text, name) {
  if (!text) return;
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  parent.append(made);
}

// The words of a place, as text and never as markup.
function say(card, place, words) {
  const body = card.querySelector("[data-place-words]");
  body.replaceChildren();
  card.querySelector("h3").textContent = place.name;
  line(body, "p", `${words.reports} ${place.label}`, "tnum");
  line(body, "p", place.when && `${words.when} ${place.when}`);
  line(body, "p", place.what && `${words.what} ${place.what}`);
  for (const done of place.done) line(body, "p", done, "done-said");
  line(body, "p", `${words.size} ${place.size}`, "muted");
  card.hidden = false;
}

function shapeOf(place, isSafe) {
  const look = { className: `m-public k${place.class}${isSafe ? " is-safe" : ""}`, weight: 1 };
  if (!isSafe) return L.polygon(flipped(place.ring), look);
  const bounds = L.latLngBounds(flipped(place.ring));
  const radius = bounds.getNorthEast().distanceTo(bounds.getNorthWest()) / 2;
  return L.circle(bounds.getCenter(), { ...look, radius });
}

function drawEffort(map, rings) {
  const quiet = { interactive: false, className: "m-effort", weight: 1.5 };
  for (const ring of rings) L.polygon(flipped(ring), quiet).addTo(map);
}

// The squares: each is reached by the list beside the map too, which is the way with keys.
function drawPlaces(map, box, words) {
  const places = JSON.parse(box.dataset.drawn);
  const card = box.querySelector("[data-place]");
  const shapes = new Map();
  let chosen = null;

  function choose(place, isToBeSeen) {
    shapes.get(chosen)?.getElement().classList.remove("is-on");
    chosen = place.key;
    const shape = shapes.get(place.key);
    shape.bringToFront().getElement().classList.add("is-on");
    say(card, place, words);
    if (!isToBeSeen) return;
    const zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, map.getBoundsZoom(shape.getBounds()) - 2));
    map.setView(shape.getBounds().getCenter(), zoom, { animate: false });
  }

  for (const place of [...places].reverse()) {
    const shape = shapeOf(place, box.dataset.safe === "1").addTo(map);
    shape.on("click", () => choose(place, false));
    shapes.set(place.key, shape);
  }
  card.querySelector("[data-close]").addEventListener("click", () => {
    card.hidden = true;
    shapes.get(chosen)?.getElement().classList.remove("is-on");
    map.getContainer().focus();
  });
  return (key) => choose(places.find((place) => place.key === key), true);
}

// Another view opens where this one was looked at.
function keepPlace(map) {
  const form = document.querySelector("[data-views]");
  const keep = () => {
    const { lat, lng } = map.getCenter();
    form.action = `${form.action.split("#")[0]}#${map.getZoom()}/${lat.toFixed(4)}/${lng.toFixed(4)}`;
  };
  map.on("moveend", keep);
  keep();
}

async function draw(box) {
  const words = JSON.parse(box.dataset.words);
  await load(box.dataset.leaflet);
  await load(box.dataset.script);
  const map = window.map_canvas;
  nameControls(box, words);
  drawGround(map, box.dataset, themed);
  const written = writtenView();
  if (written) map.setView([written[1], written[2]], written[0], { animate: false });
  else map.fitBounds(boundsOf(box.dataset.opening), { animate: false });
  drawEffort(map, JSON.parse(box.dataset.effort));
  const show = drawPlaces(map, box, words);
  drawNames(map, JSON.parse(box.dataset.places));
  keepPlace(map);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
  box.dataset.ready = "";
  return show;
}

function start(box) {
  const failed = box.querySelector("[data-failed]");
  const button = box.querySelector("[data-open]");
  let drawn = null;
  const open = () => {
    button.hidden = true;
    box.classList.add("is-open");
    drawn ??= draw(box).catch(() => {
      failed.hidden = false;
      box.classList.remove("is-open");
    });
    return drawn;
  };
  button.addEventListener("click", async () => {
    await open();
    document.getElementById("map_canvas").focus();
  });
  for (const each of document.querySelectorAll("[data-show]"))
    each.addEventListener("click", async () => {
      const show = await open();
      show?.(each.dataset.show);
      box.scrollIntoView({ block: "nearest" });
      box.querySelector("[data-place] h3").focus();
    });
  if (matchMedia(WIDE).matches || writtenView()) open();
}

start(document.querySelector("[data-public-map]"));
