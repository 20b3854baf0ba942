// The tiles of the surface: one layer, in the colours of the theme, changed without a blank moment.
import { themed } from "./opening.js";

const SLOW_MS = 150;

// onShown: called every time all tiles in view are there.
export function startSurface(map, box, onShown) {
  const redrawing = box.querySelector("[data-redrawing]");
  const failed = box.querySelector("[data-failed]");
  const { options } = window.tile_layer_heat;
  let shown = null;
  let coming = null;
  let address = null;
  let timer = 0;

  function busy(isBusy) {
    clearTimeout(timer);
    if (isBusy) timer = setTimeout(() => (redrawing.hidden = false), SLOW_MS);
    else redrawing.hidden = true;
  }

  function watch(layer) {
    layer.on("loading", () => busy(true));
    layer.on("tileerror", () => (failed.hidden = false));
    layer.on("load", () => {
      busy(false);
      if (layer !== shown) {
        if (shown) map.removeLayer(shown);
        layer.getContainer().style.visibility = "";
        shown = layer;
      }
      onShown();
    });
    return layer;
  }

  function clear() {
    for (const layer of [coming, shown]) if (layer) map.removeLayer(layer);
    coming = shown = null;
    busy(false);
    onShown();
  }

  function show(isForced = false) {
    const wanted = box.dataset.tiles && themed(box.dataset.tiles);
    if (wanted === address && !isForced) return busy(false);
    address = wanted;
    failed.hidden = true;
    if (!wanted) return clear();
    if (coming && coming !== shown) map.removeLayer(coming);
    coming = watch(L.tileLayer(wanted, options));
    coming.addTo(map);
    if (shown) coming.getContainer().style.visibility = "hidden";
  }

  document.addEventListener("themechange", () => show());
  show();
  return { show, busy };
}
