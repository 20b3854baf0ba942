// The list's ranks as numbers on the map, each bound to its line in the list: what one is asked, the other shows.
import { openView } from "./view.js";

const NEAR_ZOOM = 15;

function numeral({ rank, name }) {
  const written = document.createElement("span");
  written.textContent = rank;
  const icon = L.divIcon({ className: "m-rank", html: written, iconSize: [26, 26] });
  // Above the dots of the names.
  return { icon, title: name, zIndexOffset: 1000, riseOnHover: true };
}

export function startSpots(map, container) {
  const layer = L.layerGroup().addTo(map);
  let discs = new Map();

  const placeOf = (line) => [Number(line.dataset.lat), Number(line.dataset.lon)];
  const linesOf = () => [...container.querySelectorAll("li[data-lon]")];

  function light(line, isOn) {
    line.classList.toggle("is-on", isOn);
    discs.get(line)?.getElement()?.classList.toggle("is-on", isOn);
  }

  function open(line) {
    container.open = true;
    line.tabIndex = -1;
    line.focus();
    line.scrollIntoView({ block: "nearest" });
  }

  function add(line) {
    const { rank, name } = line.dataset;
    const disc = L.marker(placeOf(line), numeral(line.dataset)).addTo(layer);
    const face = disc.getElement();
    face.setAttribute("aria-label", `${rank}. ${name}`);
    discs.set(line, disc);
    disc.on("click", () => open(line));
    for (const [event, isOn] of [["mouseover", true], ["mouseout", false]]) disc.on(event, () => light(line, isOn));
    face.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      open(line);
    });
    face.addEventListener("focus", () => light(line, true));
    face.addEventListener("blur", () => light(line, false));
  }

  // Drawn anew whenever the list has been put in.
  function draw() {
    layer.clearLayers();
    discs = new Map();
    linesOf().filter((line) => line.dataset.rank).forEach(add);
  }

  function show(line) {
    const near = L.latLngBounds([placeOf(line)]);
    map.fitBounds(near, { ...openView.padding(), maxZoom: Math.max(map.getZoom(), NEAR_ZOOM) });
    const live = document.querySelector("[data-live]");
    if (live) live.textContent = container.querySelector("[data-shown]").dataset.shown.replace("%s", line.dataset.name);
    linesOf().forEach((each) => light(each, each === line));
  }

  const lineOf = (event) => event.target.closest?.("li[data-lon]");
  container.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-show]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    show(link.closest("li"));
  });
  for (const [event, isOn] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]])
    container.addEventListener(event, (happened) => {
      const line = lineOf(happened);
      if (line) light(line, isOn);
    });
  return { draw };
}
