// The tiles of the surface: one layer, in the colours of the theme, changed without a blank moment.
import { themed } from "./opening.js";

const SLOW_MS = 150;

export function startSurface(map, box) {
  const redrawing = box.querySelector("[data-redrawing]");
  const failed = box.querySelector("[data-failed]");
  let shown = null;
  let address = "";
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
      if (layer === shown) return;
      if (shown) map.removeLayer(shown);
      layer.getContainer().style.visibility = "";
      shown = layer;
    });
    return layer;
  }

  let coming = null;
  function show(isForced = false) {
    const wanted = themed(box.dataset.tiles);
    if (wanted === address && !isForced) return busy(false);
    address = wanted;
    failed.hidden = true;
    if (coming && coming !== shown) map.removeLayer(coming);
    if (!coming) {
      coming = watch(window.tile_layer_heat);
      coming.setUrl(wanted, true);
    } else coming = watch(L.tileLayer(wanted, window.tile_layer_heat.options));
    coming.addTo(map);
    if (shown) coming.getContainer().style.visibility = "hidden";
  }

  document.addEventListener("themechange", () => show());
  show();
  return { show, busy };
}
