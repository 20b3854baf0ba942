// What lies under the surface: base map, imported ground, grid and names, each to be had or not.
import { themed } from "./opening.js";
import { walkedLayer } from "./walked.js";

const KEPT_AS = "layers";
const PANES = { base: 100, drawn: 120 };
const DEEPEST = 17;
const GROUND_TILE_PX = 512;
// The server never lets a page wait for somebody else's tile: what is not there yet is asked for again.
const AGAIN_MS = [400, 900, 2000, 4000, 8000];

function chosenBefore() {
  try {
    return JSON.parse(localStorage.getItem(KEPT_AS)) ?? {};
  } catch {
    return {};
  }
}

function remember(chosen) {
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(chosen));
  } catch {
    // A browser that keeps nothing begins anew the next time.
  }
}

// One pixel is what the server sends where there is no tile to be had now.
const isMissing = (image) => image.naturalWidth <= 1;

const pause = (time_ms) => new Promise((done) => setTimeout(done, time_ms));

function baseLayer(card, state) {
  const { base, baseFirst, baseLast } = card.dataset;
  const zooms = { minNativeZoom: Number(baseFirst), maxNativeZoom: Number(baseLast), maxZoom: DEEPEST };
  const layer = L.tileLayer(base, { pane: "base", ...zooms });
  const asked = new WeakSet();

  // What was fetched earlier may be here though the source is silent: one picture in view is a base map.
  const hasAny = () => [...layer.getContainer().querySelectorAll("img")].some((tile) => tile.complete && !isMissing(tile));

  async function settle(tile) {
    const address = tile.src;
    for (const [number, time_ms] of AGAIN_MS.entries()) {
      if (!isMissing(tile) || state.isSilent) break;
      await pause(time_ms);
      if (!tile.isConnected) return;
      tile.src = `${address}?again=${number + 1}`;
      await tile.decode().catch(() => {});
    }
    if (tile.isConnected) state.tell(!hasAny());
  }

  layer.on("tileload", ({ tile }) => {
    if (asked.has(tile)) return;
    asked.add(tile);
    settle(tile);
  });
  return layer;
}

function groundLayer(card) {
  const sizes = { tileSize: GROUND_TILE_PX, zoomOffset: -1, maxZoom: DEEPEST };
  return L.tileLayer(themed(card.dataset.ground), { pane: "drawn", ...sizes });
}

// Whether the base map can be had, as far as is known; told to the reader and to the layers when it changes.
function baseState(card, onChange) {
  const word = card.querySelector("[data-silent-word]");
  const state = {
    isSilent: "silent" in card.dataset,
    tell(isSilent) {
      if (state.isSilent === isSilent) return;
      state.isSilent = isSilent;
      say();
      onChange();
    },
  };
  const say = () => (word.textContent = state.isSilent ? word.dataset.said : "");
  say();
  return state;
}

export function startLayers(map, box) {
  const card = box.querySelector("[data-layers]");
  const chosen = chosenBefore();
  const state = baseState(card, () => apply());
  const made = {};
  for (const [name, height] of Object.entries(PANES)) map.createPane(name).style.zIndex = height;
  if (card.dataset.base) made.base = baseLayer(card, state);
  if (card.dataset.ground) made.ground = groundLayer(card);
  made.walked = walkedLayer(map, box);

  // Ground is drawn where no base map is, unless the reader has said otherwise.
  function isOn(name) {
    const hasBase = made.base && (chosen.base ?? true) && !state.isSilent;
    return chosen[name] ?? (name === "ground" ? !hasBase : name !== "walked");
  }

  function apply() {
    for (const input of card.querySelectorAll("[data-layer]")) input.checked = isOn(input.dataset.layer);
    for (const [name, layer] of Object.entries(made)) {
      if (isOn(name)) layer.addTo(map);
      else layer.remove();
      const credit = box.querySelector(`[data-credit="${name}"]`);
      if (credit) credit.hidden = !isOn(name) || (name === "base" && state.isSilent);
    }
    box.classList.toggle("has-base", Boolean(made.base) && isOn("base") && !state.isSilent);
    box.classList.toggle("hides-grid", !isOn("grid"));
    box.classList.toggle("hides-names", !isOn("names"));
  }

  card.addEventListener("change", ({ target }) => {
    chosen[target.dataset.layer] = target.checked;
    remember(chosen);
    apply();
  });
  card.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !card.open) return;
    event.stopPropagation();
    card.open = false;
    card.querySelector("summary").focus();
  });
  document.addEventListener("themechange", () => made.ground?.setUrl(themed(card.dataset.ground)));
  apply();
  return { refresh: () => made.walked.refresh(), walkedNear: (at, radius_m) => made.walked.near(at, radius_m) };
}
