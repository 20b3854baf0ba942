// The value at a place: asked for with a click, or with Enter for the middle of the map.
import { closeCard, placeWords, showCard, startCard } from "./card.js";
import { squareAt } from "./squares.js";

const ORDER = ["value", "class", "near", "interval", "voices", "rate"];

function sentences(words) {
  const known = ORDER.filter((key) => key in words);
  const rest = Object.keys(words).filter((key) => !ORDER.includes(key));
  return [...known, ...rest].map((key) => words[key]).filter(Boolean);
}

async function read(address, signal) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, signal });
  const said = await answer.json();
  if (answer.ok) return said;
  const faults = (said.errors ?? []).map((each) => each.message);
  return { words: { value: faults.join(" ") || said.detail || said.title } };
}

export function startValues(map, box, words, walkedNear) {
  const here = L.layerGroup().addTo(map);
  let asked = null;
  let asking = new AbortController();

  // What an answer is about: a circle around the place, or the square it lies in.
  function mark(at, { bandwidth_m: radius_m, bounds } = {}) {
    here.clearLayers();
    const quiet = { interactive: false };
    if (bounds) squareAt(bounds).addTo(here);
    else if (radius_m) L.circle(at, { ...quiet, radius: radius_m, className: "m-near" }).addTo(here);
    L.circleMarker(at, { ...quiet, radius: 5, className: "m-here" }).addTo(here);
  }

  function forget() {
    asking.abort();
    asked = null;
    here.clearLayers();
  }

  async function ask(at) {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const address = new URL(box.dataset.value, location.href);
    address.searchParams.set("lon", at.lng.toFixed(6));
    address.searchParams.set("lat", at.lat.toFixed(6));
    const write = (lines) => showCard(lines, { place: placeWords(at), closed: forget });
    write([words.asking]);
    asked = at;
    mark(at);
    try {
      const said = await read(address, signal);
      const lines = sentences(said.words ?? {});
      write(lines);
      mark(at, said);
      const walked = await walkedNear(at, said.bandwidth_m);
      if (walked && !signal.aborted) write([...lines, walked]);
    } catch (fault) {
      if (fault.name !== "AbortError") write([words.value_failed]);
    }
  }

  map.on("click", (event) => ask(event.latlng.wrap()));
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === map.getContainer()) ask(map.getCenter());
  });
  startCard(() => map.getContainer().focus());
  return { refresh: () => asked && ask(asked), close: closeCard };
}
