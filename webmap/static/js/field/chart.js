// The map: ground, route, stops, names, what was found, where one stands, and the mark of what is being told.
import { groundLayer, readGround } from "./ground.js";
import { make, shape } from "./parts.js";
import { say } from "./sayings.js";

const CLOSE_UP = 18;
const NAMES_FROM = 16;
const WAYS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const STEP_M = 1;
const LONG_STEP_M = 10;
const PIN = "M0 0C-4-9-15-16-15-27a15 15 0 0 1 30 0C15-16 4-9 0 0Z";

const metresPerDegree = (latitude) => {
  const at = (latitude * Math.PI) / 180;
  return { north: 111132.954 - 559.822 * Math.cos(2 * at), east: 111412.84 * Math.cos(at) - 93.5 * Math.cos(3 * at) };
};

// Metres between two places close by: each has lat and lon.
export const apart_m = (from, to) => {
  const { north, east } = metresPerDegree(from.lat);
  return Math.hypot((to.lat - from.lat) * north, (to.lon - from.lon) * east);
};

const label = (className, ...inside) => L.divIcon({ html: make("span", {}, ...inside), className, iconSize: null });

const fixed = (at, icon) => L.marker([at.lat, at.lon], { icon, interactive: false, keyboard: false });

// Names from close by, and none over another.
const thin = (map, markers) => {
  const taken = [];
  for (const { marker, isStop } of markers) {
    const word = marker.getElement()?.querySelector(".chart-word");
    if (!word) continue;
    word.hidden = map.getZoom() < (isStop ? NAMES_FROM - 1 : NAMES_FROM);
    if (word.hidden) continue;
    const box = word.getBoundingClientRect();
    const isTaken = taken.some((o) => box.left < o.right && o.left < box.right && box.top < o.bottom && o.top < box.bottom);
    word.hidden = isTaken;
    if (!isTaken) taken.push(box);
  }
};

const pinIcon = () => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "-16 -44 32 46");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PIN);
  const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  dot.setAttribute("cy", "-27");
  dot.setAttribute("r", "5.5");
  svg.append(path, dot);
  return L.divIcon({ html: svg, className: "chart-pin", iconSize: [40, 58], iconAnchor: [20, 55] });
};

const started = (box, walk) => {
  const map = L.map(box, {
    zoomControl: false,
    attributionControl: false,
    keyboard: false,
    zoomAnimation: false,
    fadeAnimation: false,
    markerZoomAnimation: false,
    minZoom: 11,
    maxZoom: 20,
    boxZoom: false,
  });
  const [west, south, east, north] = walk.bounds;
  map.fitBounds([
    [south, west],
    [north, east],
  ]);
  L.control.scale({ imperial: false, maxWidth: 90, position: "bottomleft" }).addTo(map);
  return map;
};

const drawWalk = (map, walk) => {
  const [west, , east] = walk.bounds;
  if (walk.route) L.geoJSON(walk.route, { interactive: false, style: { className: "chart-route" } }).addTo(map);
  const stops = walk.stops.filter((stop) => stop.lat !== null);
  const drawn = stops.map((stop) => {
    const icon = label("chart-stop", make("b", {}, String(stop.number)), make("span", { class: "chart-word" }, stop.name));
    return { marker: fixed(stop, icon).addTo(map), isStop: true };
  });
  const names = walk.places.filter((place) => east > west && !stops.some((stop) => stop.name === place.name));
  for (const place of names) {
    const icon = label("chart-name", make("i", {}), make("span", { class: "chart-word" }, place.name));
    drawn.push({ marker: fixed(place, icon).addTo(map), isStop: false });
  }
  map.on("zoomend moveend", () => thin(map, drawn));
  return () => thin(map, drawn);
};

const baseLayer = (base) =>
  L.tileLayer(base.url, { minNativeZoom: base.zooms[0], maxNativeZoom: base.zooms[1], maxZoom: 20, className: "chart-base" });

export const newChart = (walk) => {
  const box = make("div", { class: "chart", tabindex: "0", role: "application" });
  let map = null;
  let ground = null;
  let said = null;
  let thinned = () => {};
  let marker = null;
  let me = null;
  let circle = null;
  let finds = null;
  let isMoved = false;
  let onMark = null;

  const lay = () => {
    if (!map) return;
    ground?.remove();
    ground = groundLayer(box, readGround(said), (walk.bounds[1] + walk.bounds[3]) / 2).addTo(map);
    if (said?.base) baseLayer(said.base).addTo(map);
    const credits = [...(said?.credits ?? []), said?.base?.credit].filter(Boolean);
    box.querySelector(".chart-credit")?.remove();
    if (credits.length) box.append(make("p", { class: "chart-credit" }, credits.join(", ")));
  };

  const start = () => {
    map = started(box, walk);
    map.createPane("me").style.zIndex = 450;
    finds = L.layerGroup().addTo(map);
    lay();
    thinned = drawWalk(map, walk);
    map.on("click", ({ latlng }) => onMark?.({ lat: latlng.lat, lon: latlng.lng }));
    map.on("dragstart zoomstart", () => (isMoved = true));
    box.addEventListener("keydown", byKey);
    document.addEventListener("themechange", () => ground?.repaint());
    new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(box);
  };

  const byKey = (event) => {
    if (event.key === "+" || event.key === "-") map.setZoom(map.getZoom() + (event.key === "+" ? 1 : -1));
    else if (WAYS[event.key]) step(WAYS[event.key], event.shiftKey);
    else if ((event.key === "Enter" || event.key === " ") && onMark) onMark(middle());
    else return;
    event.preventDefault();
  };

  const step = ([right, up], isLong) => {
    if (!onMark) return map.panBy([right * 80, -up * 80], { animate: false });
    const at = marker ? { lat: marker.getLatLng().lat, lon: marker.getLatLng().lng } : middle();
    const { north, east } = metresPerDegree(at.lat);
    const metres = isLong ? LONG_STEP_M : STEP_M;
    return onMark({ lat: at.lat + (up * metres) / north, lon: at.lon + (right * metres) / east });
  };

  const middle = () => ({ lat: map.getCenter().lat, lon: map.getCenter().lng });

  const setMark = (at) => {
    if (!at) {
      marker?.remove();
      marker = null;
      return;
    }
    if (marker) marker.setLatLng([at.lat, at.lon]);
    else marker = L.marker([at.lat, at.lon], { icon: pinIcon(), interactive: false, keyboard: false, zIndexOffset: 1000 }).addTo(map);
    if (!map.getBounds().pad(-0.1).contains([at.lat, at.lon])) map.panTo([at.lat, at.lon], { animate: false });
  };

  const setMe = (fix) => {
    me?.remove();
    circle?.remove();
    me = circle = null;
    if (!fix) return;
    circle = L.circle([fix.lat, fix.lon], { radius: fix.accuracy_m, className: "chart-sure", interactive: false, pane: "me" }).addTo(map);
    me = L.circleMarker([fix.lat, fix.lon], { radius: 9, className: "chart-me", interactive: false, pane: "me" }).addTo(map);
  };

  const setFinds = (entries) => {
    finds.clearLayers();
    for (const { content } of entries) {
      const at = content?.position;
      if (at) fixed(at, label("chart-find", shape(content.polarity))).addTo(finds);
    }
  };

  // Opens on a screen. mark: told of every place pointed at; nothing is marked where it is missing.
  const show = (slot, { words, mark = null }) => {
    slot.prepend(box);
    box.setAttribute("aria-label", words);
    onMark = mark;
    isMoved = false;
    if (!map) start();
    map.invalidateSize({ animate: false });
    thinned();
  };

  return {
    show,
    setMark,
    setMe,
    setFinds,
    middle,
    lay: (what) => {
      said = what;
      lay();
    },
    // Looks there, unless one has moved the map oneself.
    lookAt: (at, { isForced = false } = {}) => {
      if (isMoved && !isForced) return;
      map.setView([at.lat, at.lon], Math.max(map.getZoom(), CLOSE_UP), { animate: false });
      isMoved = false;
    },
    lookAtAll: () => {
      const [west, south, east, north] = walk.bounds;
      const stops = walk.stops.filter((stop) => stop.lat !== null).map((stop) => [stop.lat, stop.lon]);
      map.fitBounds(stops.length > 1 ? L.latLngBounds(stops).pad(0.2) : [[south, west], [north, east]], { animate: false });
      isMoved = false;
    },
    zoom: (by) => {
      isMoved = true;
      map.setZoom(map.getZoom() + by, { animate: false });
    },
    zoomButtons: () => zoomButtons((by) => map.setZoom(map.getZoom() + by, { animate: false })),
  };
};

const zoomButtons = (zoom) =>
  make(
    "div",
    { class: "zooms" },
    make("button", { type: "button", onclick: () => zoom(1) }, make("span", { "aria-hidden": "true" }, "+"), make("span", { class: "vh" }, say("zoom_in"))),
    make("button", { type: "button", onclick: () => zoom(-1) }, make("span", { "aria-hidden": "true" }, "−"), make("span", { class: "vh" }, say("zoom_out"))),
  );
