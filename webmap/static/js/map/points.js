// The reports themselves: a shape each by what it says of the place, or numbered circles where they are many.
import { closeCard, placeWords, showCard } from "./card.js";

const WAIT_MS = 120;
const SLOW_MS = 300;
const MARK_PX = 18;
const SMALL_PX = 14;
const SMALL_FROM = 80;
// Little more than the screen, so that a small step does not bring up bare ground.
const MARGIN = 0.1;
const SHAPES = {
  unsafe: '<path d="M9 2 17 16.5H1Z"/>',
  safe: '<circle cx="9" cy="9" r="7"/>',
  improvement: '<path d="M2.5 2.5h13v13h-13Z"/>',
};
const LINES = ["kind", "categories", "when", "share"];

function shape(polarity) {
  const drawn = document.createElement("span");
  drawn.innerHTML = `<svg viewBox="0 0 18 18" aria-hidden="true">${SHAPES[polarity] ?? SHAPES.unsafe}</svg>`;
  return drawn;
}

function numbered(text) {
  const label = document.createElement("span");
  label.textContent = text;
  return label;
}

function icon({ aggregated, polarity, count, words }, mark_px) {
  if (!aggregated)
    return L.divIcon({ html: shape(polarity), className: `m-point is-${polarity}`, iconSize: [mark_px, mark_px] });
  const size_px = Math.round(Math.min(48, 26 + 7 * Math.log10(Math.max(1, count))));
  return L.divIcon({ html: numbered(words.label), className: "m-many", iconSize: [size_px, size_px] });
}

// The filter may be a box of its own: then only what lies in both is asked for.
function bboxOf(map, filter) {
  const seen = map.getBounds().pad(MARGIN);
  const view = [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()];
  const limits = [-180, -90, 180, 90];
  const own = filter ? filter.split(",").map(Number) : limits;
  const outer = own.map((edge, at) => (at < 2 ? Math.max(edge, limits[at]) : Math.min(edge, limits[at])));
  const both = view.map((edge, at) => (at < 2 ? Math.max(edge, outer[at]) : Math.min(edge, outer[at])));
  return both[0] < both[2] && both[1] < both[3] ? both.map((edge) => edge.toFixed(6)).join(",") : null;
}

async function read(address, signal) {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" }, signal });
  if (!answer.ok) throw new TypeError(`points: ${answer.status}`);
  return answer.json();
}

export function startPoints(map, box, words) {
  const line = box.querySelector("[data-points-state]");
  let layer = null;
  let shown = "";
  let asking = new AbortController();
  let waiting = 0;
  // The report on the card: its feature's id and its mark.
  let chosen = null;

  function say(text) {
    if (!line) return;
    line.textContent = text;
    line.hidden = !text;
  }

  function forget() {
    chosen?.marker.getElement()?.classList.remove("is-chosen");
    chosen = null;
  }

  function choose(id, marker) {
    forget();
    chosen = { id, marker };
    marker.getElement().classList.add("is-chosen");
  }

  function tell(marker, { id, properties: { words: said } }) {
    const lines = LINES.map((name) => said[name]).filter(Boolean);
    showCard(lines, { title: said.title, place: placeWords(marker.getLatLng()), closed: forget });
    choose(id, marker);
  }

  function lookInto(marker, { properties: { words: said } }) {
    if (map.getZoom() < map.getMaxZoom()) map.setView(marker.getLatLng(), map.getZoom() + 2);
    else showCard([said.title], { title: said.label, place: placeWords(marker.getLatLng()) });
  }

  // A report that is still in view after a step keeps its card.
  function keepChosen(drawn) {
    const same = drawn.getLayers().find((marker) => marker.feature.id === chosen.id);
    if (same) choose(same.feature.id, same);
    else closeCard();
  }

  function draw(found) {
    const mark_px = found.features.length < SMALL_FROM ? MARK_PX : SMALL_PX;
    const quiet = { keyboard: false, riseOnHover: true };
    const drawn = L.geoJSON(found, {
      pointToLayer: ({ properties }, at) =>
        L.marker(at, { ...quiet, icon: icon(properties, mark_px), title: properties.words.title }),
      onEachFeature: (feature, marker) =>
        marker.on("click", () => (feature.properties.aggregated ? lookInto : tell)(marker, feature)),
    });
    layer?.remove();
    layer = drawn.addTo(map);
    if (chosen) keepChosen(drawn);
    say(found.words.state);
  }

  function addressOf() {
    const address = new URL(box.dataset.points, location.href);
    const bbox = bboxOf(map, address.searchParams.get("bbox"));
    address.searchParams.set("bbox", bbox ?? "0,0,0.000001,0.000001");
    address.searchParams.set("zoom", map.getZoom());
    return address.href;
  }

  async function load() {
    const wanted = addressOf();
    if (wanted === shown) return;
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const slow = setTimeout(() => signal.aborted || say(words.points_loading), SLOW_MS);
    try {
      const found = await read(wanted, signal);
      if (signal.aborted) return;
      draw(found);
      shown = wanted;
    } catch (fault) {
      if (fault.name !== "AbortError") say(words.points_failed);
    } finally {
      clearTimeout(slow);
    }
  }

  // Many steps of a moving map become one question.
  function loadSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(load, WAIT_MS);
  }

  function stop() {
    clearTimeout(waiting);
    asking.abort();
  }

  let isOn = false;
  function turn(isWanted) {
    if (isWanted === isOn) return;
    isOn = isWanted;
    map[isOn ? "on" : "off"]("moveend", loadSoon);
    map[isOn ? "on" : "off"]("movestart", stop);
  }

  function show() {
    turn(true);
    load();
  }

  function hide() {
    turn(false);
    stop();
    if (chosen) closeCard();
    layer?.remove();
    layer = null;
    shown = "";
    say("");
  }

  return { show, hide };
}
