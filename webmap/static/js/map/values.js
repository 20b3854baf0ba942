// The value at a place: asked for with a click, or with Enter for the middle of the map.
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

export function startValues(map, box, words) {
  const card = document.querySelector("[data-value-card]");
  const target = card.querySelector("[data-value-words]");
  const place = card.querySelector("[data-value-place]");
  const here = L.layerGroup().addTo(map);
  let asked = null;
  let asking = new AbortController();

  function write(lines) {
    target.replaceChildren(
      ...lines.map((line) => {
        const p = document.createElement("p");
        p.textContent = line;
        return p;
      }),
    );
  }

  function mark(at, radius_m) {
    here.clearLayers();
    const quiet = { interactive: false };
    if (radius_m) L.circle(at, { ...quiet, radius: radius_m, className: "m-near" }).addTo(here);
    L.circleMarker(at, { ...quiet, radius: 5, className: "m-here" }).addTo(here);
  }

  async function ask(at) {
    asking.abort();
    asking = new AbortController();
    asked = at;
    const address = new URL(box.dataset.value, location.href);
    address.searchParams.set("lon", at.lng.toFixed(6));
    address.searchParams.set("lat", at.lat.toFixed(6));
    card.hidden = false;
    write([words.asking]);
    place.textContent = `${at.lat.toFixed(5)}° N, ${at.lng.toFixed(5)}° E`;
    mark(at);
    try {
      const said = await read(address, asking.signal);
      write(sentences(said.words ?? {}));
      mark(at, said.bandwidth_m);
    } catch (fault) {
      if (fault.name !== "AbortError") write([words.value_failed]);
    }
  }

  function close() {
    if (card.hidden) return;
    const hadFocus = card.contains(document.activeElement);
    asking.abort();
    asked = null;
    card.hidden = true;
    here.clearLayers();
    if (hadFocus) map.getContainer().focus();
  }

  map.on("click", (event) => ask(event.latlng.wrap()));
  map.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === map.getContainer()) ask(map.getCenter());
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  card.querySelector("[data-close]").addEventListener("click", close);
  return { refresh: () => asked && ask(asked) };
}
