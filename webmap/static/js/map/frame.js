// The frame of every map that is not the staff's: its files, its ground and the words of its controls.
const DEEPEST = 17;
const GROUND_TILE_PX = 512;
const AGAIN_MS = [1000, 3000, 8000];

export function load(address) {
  return new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = () => fail(new Error(address));
    document.head.append(script);
  });
}

// One pixel is what the server sends for a tile that it does not have yet.
function askAgain(layer) {
  const asked = new WeakMap();
  layer.on("tileload", ({ tile }) => {
    const number = asked.get(tile) ?? 0;
    if (tile.naturalWidth > 1 || number >= AGAIN_MS.length) return;
    asked.set(tile, number + 1);
    const address = tile.src.replace(/\?again=\d+$/, "");
    setTimeout(() => tile.isConnected && (tile.src = `${address}?again=${number + 1}`), AGAIN_MS[number]);
  });
}

export function drawGround(map, { base, baseFirst, baseLast, ground }, themed) {
  if (ground) {
    map.createPane("drawn").style.zIndex = 100;
    const url = () => themed(ground);
    const layer = L.tileLayer(url(), { pane: "drawn", tileSize: GROUND_TILE_PX, zoomOffset: -1, maxZoom: DEEPEST });
    layer.addTo(map);
    document.addEventListener("themechange", () => layer.setUrl(url()));
  }
  if (base) {
    map.createPane("base").style.zIndex = 120;
    const zooms = { minNativeZoom: Number(baseFirst), maxNativeZoom: Number(baseLast), maxZoom: DEEPEST };
    const layer = L.tileLayer(base, { pane: "base", ...zooms });
    askAgain(layer);
    layer.addTo(map);
  }
}

export function nameControls(box, words) {
  for (const [part, word] of [["in", words.zoom_in], ["out", words.zoom_out]]) {
    const button = box.querySelector(`.leaflet-control-zoom-${part}`);
    button.title = word;
    button.setAttribute("aria-label", word);
  }
  const canvas = box.querySelector("#map_canvas");
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", words.map);
}

export const boundsOf = (corners) => {
  const [[west, south], [east, north]] = JSON.parse(corners);
  return L.latLngBounds([south, west], [north, east]);
};
