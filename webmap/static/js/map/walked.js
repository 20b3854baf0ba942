// Where somebody walked, in the filter's days and hours: fetched when it is first wanted, and when the filter changes.
const ADDRESS = "/api/v1/walked";
const NEAR_M = 300;
const KEPT = ["municipality", "since", "until", "weekdays", "hours", "lang"];

function asked(box, more = {}) {
  const said = new URL(box.dataset.value, location.href).searchParams;
  const kept = KEPT.filter((name) => said.has(name)).map((name) => [name, said.get(name)]);
  return `${ADDRESS}?${new URLSearchParams([...kept, ...Object.entries(more)])}`;
}

async function read(address, signal) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, signal });
  if (!answer.ok) throw new Error(address);
  return answer.json();
}

function drawn({ geometry, properties }) {
  const label = document.createElement("span");
  label.textContent = `${properties.title}: ${properties.words}`;
  const shapes = geometry.geometries.flatMap(({ type, coordinates }) => {
    const places = coordinates.map(([lon, lat]) => [lat, lon]);
    if (type === "LineString") return [(look) => L.polyline(places, look)];
    return places.map((place) => (look) => L.circle(place, { ...look, radius: properties.stop_reach_m }));
  });
  const wide = (shape) => shape({ className: "m-walked-halo", fill: false, bubblingMouseEvents: true }).bindTooltip(label, { sticky: true });
  const path = (shape) => shape({ className: "m-walked", interactive: false, fill: false });
  return L.layerGroup(shapes.flatMap((shape) => [wide(shape), path(shape)]));
}

export function walkedLayer(map, box) {
  const word = box.querySelector("[data-walked-word]");
  const room = document.querySelector("main");
  const layer = L.layerGroup();
  let asking = new AbortController();

  async function show() {
    asking.abort();
    asking = new AbortController();
    word.textContent = "";
    try {
      const { features } = await read(asked(box), asking.signal);
      layer.clearLayers();
      for (const feature of features) drawn(feature).addTo(layer);
      word.textContent = features.length ? "" : word.dataset.none;
    } catch (fault) {
      if (fault.name !== "AbortError") word.textContent = word.dataset.broken;
    }
  }

  const isOn = () => map.hasLayer(layer);
  layer.on("add", () => {
    room.classList.add("shows-walked");
    show();
  });
  layer.on("remove", () => {
    room.classList.remove("shows-walked");
    word.textContent = "";
    asking.abort();
  });
  layer.refresh = () => isOn() && show();
  // What is said of the walks around a place; nothing where they are not shown.
  layer.near = async (at, radius = NEAR_M) => {
    if (!isOn()) return "";
    const spot = { lon: at.lng.toFixed(6), lat: at.lat.toFixed(6), radius };
    return read(asked(box, spot)).then(({ words }) => words, () => "");
  };
  return layer;
}
