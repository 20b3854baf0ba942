// The mark on the map: set by a tap, moved by keys and buttons, said in words, and kept in the form's fields.
import { apart, moved, outside_m } from "./metres.js";

const STEP_M = 10;
const FINE_STEP_M = 1;
const DECIMALS = 6;
const AT_M = 150;
const NEAR_M = 150;
const SAY_AFTER_MS = 250;
const EDGE_PX = 48;
const WAYS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

const PIN = '<svg viewBox="-16 -44 32 46" aria-hidden="true"><path d="M0 0C-4-9-15-16-15-27a15 15 0 0 1 30 0C15-16 4-9 0 0Z"/><circle cy="-27" r="5.5"/></svg>';

const distance_m = (from, to) => Math.hypot(...apart(from, to));

function nearest(at, places) {
  let found = null;
  for (const place of places) {
    const metres = distance_m(at, { lat: place.lat, lng: place.lon });
    if (!found || metres < found.metres) found = { place, metres };
  }
  return found;
}

// What lies there, in words: at a place with a name, in a town, or so far from it.
function whereabouts(at, places, words) {
  const known = nearest(at, places.filter((place) => !place.is_town));
  if (known && known.metres <= AT_M)
    return words.at.replace("…", [known.place.name, known.place.within].filter(Boolean).join(", "));
  const town = nearest(at, places.filter((place) => place.is_town));
  if (town && town.metres <= town.place.radius_m) return words.within.replace("…", town.place.name);
  const other = [known, town].filter(Boolean).sort((a, b) => a.metres - b.metres)[0];
  if (!other) return `${at.lat.toFixed(5)}° N, ${at.lng.toFixed(5)}° E`;
  const far = other.metres < 1000 ? `${Math.round(other.metres / 10) * 10} m` : `${(other.metres / 1000).toFixed(1).replace(".", words.point)} km`;
  return words.from.replace("0 m", far).replace("…", other.place.name);
}

export function startPin(map, box, words) {
  const form = box.closest("form");
  const field = (name) => form.elements[name];
  const places = JSON.parse(box.dataset.places);
  const measures = JSON.parse(box.dataset.measures);
  const card = box.querySelector("[data-mark]");
  const live = box.querySelector("[data-mark-words]");
  const near = form.querySelector("[data-near]");
  const problem = form.querySelector("[data-outside]");
  const rings = window.poly_line_border.getLatLngs();
  let marker = null;
  let ground = null;
  let saying = 0;

  const icon = L.divIcon({ html: PIN, className: "m-pin", iconSize: [32, 46], iconAnchor: [16, 44] });

  function place(at) {
    if (marker) return marker.setLatLng(at);
    marker = L.marker(at, { icon, draggable: true, autoPan: true, keyboard: true }).addTo(map);
    const element = marker.getElement();
    element.setAttribute("aria-label", words.pin);
    element.addEventListener("keydown", byKey);
    marker.on("dragend", () => set(marker.getLatLng(), "map"));
    for (const button of form.querySelectorAll("[data-step]")) button.disabled = false;
    return marker;
  }

  function surround(at) {
    const radius = Number(field("radius")?.value ?? 0);
    ground?.remove();
    ground = radius ? L.circle(at, { radius, className: "m-ground", interactive: false }).addTo(map) : null;
  }

  function say(at) {
    const isOutside = outside_m(at, rings) > Number(box.dataset.tolerance) + 10;
    problem.textContent = isOutside ? words.outside : "";
    problem.hidden = !isOutside;
    card.hidden = false;
    live.textContent = isOutside ? words.outside : whereabouts(at, places, words);
    const close = measures.filter((each) => distance_m(at, { lat: each.lat, lng: each.lon }) <= NEAR_M);
    near.hidden = !close.length;
    near.querySelector("ul").replaceChildren(
      ...close.map(({ title, told }) => Object.assign(document.createElement("li"), { textContent: `${title}. ${told}.` })),
    );
  }

  // accuracy: of a position that was measured, in metres.
  function set(at, source, accuracy = "") {
    place(at);
    field("lat").value = at.lat.toFixed(DECIMALS);
    field("lon").value = at.lng.toFixed(DECIMALS);
    field("source").value = source;
    field("accuracy").value = accuracy;
    const way = form.querySelector("[name=way][value=map]");
    if (way && !way.checked) {
      way.checked = true;
      way.dispatchEvent(new Event("change", { bubbles: true }));
    }
    surround(at);
    keepInView(at);
    box.dispatchEvent(new CustomEvent("pinmoved", { detail: { source } }));
    clearTimeout(saying);
    saying = setTimeout(() => say(at), SAY_AFTER_MS);
  }

  function keepInView(at) {
    const point = map.latLngToContainerPoint(at);
    const size = map.getSize();
    const isNear = point.x < EDGE_PX || point.y < EDGE_PX || point.x > size.x - EDGE_PX || point.y > size.y - EDGE_PX;
    if (isNear) map.panTo(at, { animate: false });
  }

  function step([east, north], isFine) {
    if (!marker) return;
    const metres = isFine ? FINE_STEP_M : STEP_M;
    set(moved(marker.getLatLng(), east * metres, north * metres), "map");
  }

  function byKey(event) {
    if (!WAYS[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    step(WAYS[event.key], event.shiftKey);
  }

  function setInMiddle() {
    set(map.getCenter(), "map");
    marker.getElement().focus();
  }

  map.on("click", ({ latlng }) => set(latlng, "map"));
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.target !== map.getContainer() || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    setInMiddle();
  });
  for (const button of form.querySelectorAll("[data-step]"))
    button.addEventListener("click", (event) => step(WAYS[button.dataset.step], event.shiftKey));
  form.querySelector("[data-middle]").addEventListener("click", setInMiddle);
  field("radius")?.addEventListener("change", () => marker && surround(marker.getLatLng()));

  const [lat, lon] = [field("lat").value, field("lon").value];
  if (lat && lon && Number.isFinite(Number(lat)) && Number.isFinite(Number(lon))) {
    const at = L.latLng(Number(lat), Number(lon));
    map.setView(at, map.getZoom(), { animate: false });
    place(at);
    surround(at);
    say(at);
  }
  return { set, at: () => marker?.getLatLng() ?? null };
}
