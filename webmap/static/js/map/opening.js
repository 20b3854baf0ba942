// Where the map opens. Its tiles are asked for here, before Leaflet is read: the server paints them meanwhile.
// Each is then in the document already when Leaflet asks for the same address.
const TILE_PX = 512;
const DEEPEST = 17;
const FARTHEST = 7;
const MARGIN_PX = 8;
const GAP_PX = 12;
// So far the map is moved, where that spares a row or a column of tiles.
const MOST_MOVED_PX = 40;
// So much of the map is left for the town when the legend is to stand beside it and not on it.
const BESIDE_LEGEND_PX = 440;
const WRITTEN = /^#(\d+)\/(-?[\d.]+)\/(-?[\d.]+)$/;

export function isDark() {
  const said = document.documentElement.dataset.theme;
  return said ? said === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export const themed = (url) => `${url}${url.includes("?") ? "&" : "?"}theme=${isDark() ? "dark" : "light"}`;

// What the address says: [zoom, latitude, longitude].
export const writtenView = () => WRITTEN.exec(location.hash)?.slice(1).map(Number);

const isFloating = (panel) => getComputedStyle(panel).position === "absolute";

// Where there is little room the week starts folded, on a phone the filter too, so that the map is seen.
function foldWhatIsInTheWay() {
  const filter = document.querySelector("[data-filter]");
  if (matchMedia("(max-width: 900px)").matches && !filter.querySelector(".msg-err")) filter.open = false;
  if (matchMedia("(max-width: 1340px), (max-height: 840px)").matches)
    document.querySelector("[data-part-of=week]").open = false;
  filter.classList.add("is-ready");
}

function leftOf(filter, rightEdge) {
  if (!isFloating(filter)) return MARGIN_PX;
  const edge = filter.offsetLeft + filter.offsetWidth + GAP_PX;
  const besideLegend = edge + document.querySelector(".legend").offsetWidth + GAP_PX;
  return rightEdge - besideLegend >= BESIDE_LEGEND_PX ? besideLegend : edge;
}

// What the panels that float on the map take of it on each side, in pixels.
export function taken() {
  const [filter, list, week] = ["[data-filter]", "[data-part-of=list]", "[data-part-of=week]"].map((selector) =>
    document.querySelector(selector),
  );
  const beside = (panel, size) => (panel.open && isFloating(panel) ? panel[size] + 2 * GAP_PX : MARGIN_PX);
  const right = beside(list, "offsetWidth");
  return {
    left: leftOf(filter, document.body.clientWidth - right),
    right,
    bottom: isFloating(week) ? week.offsetHeight + 2 * GAP_PX : MARGIN_PX,
    top: MARGIN_PX,
  };
}

// Pixels of the whole world at a zoom, as Leaflet counts them.
function pixel([longitude, latitude], zoom) {
  const world = 256 * 2 ** zoom;
  const sine = Math.sin((latitude * Math.PI) / 180);
  return [
    (longitude / 360 + 0.5) * world,
    (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * world,
  ];
}

// The place of a pixel of the world, as [latitude, longitude].
export function placeOf({ zoom, x, y }) {
  const world = 256 * 2 ** zoom;
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / world))) * 180) / Math.PI;
  return [latitude, (x / world - 0.5) * 360];
}

// The middle of a view so long, where hardly anything of the first or last tile is seen: moved off that tile.
function moved(middle, length) {
  const before = (middle - length / 2) % TILE_PX;
  const after = (middle + length / 2) % TILE_PX;
  const [back, on] = [after + 2, TILE_PX - before + 2];
  if (back <= MOST_MOVED_PX && before > back) return middle - back;
  if (on <= MOST_MOVED_PX && TILE_PX - after > on) return middle + on;
  return middle;
}

function fitted([westSouth, eastNorth], width, height) {
  const { left, right, top, bottom } = taken();
  const [west, south] = pixel(westSouth, 0);
  const [east, north] = pixel(eastNorth, 0);
  const room = [width - left - right, height - top - bottom];
  const scale = Math.min(room[0] / (east - west), room[1] / (south - north));
  const zoom = Math.min(DEEPEST, Math.max(FARTHEST, Math.floor(Math.round(Math.log2(scale) * 100) / 100)));
  const size = 2 ** zoom;
  return {
    zoom,
    x: moved(((west + east) / 2) * size + (right - left) / 2, width),
    y: moved(((south + north) / 2) * size + (bottom - top) / 2, height),
  };
}

// Where a map of this size opens when the address says nothing.
export const openingOf = (box, width, height) => fitted(JSON.parse(box.dataset.opening), width, height);

function askAhead(box) {
  const { clientWidth: width, clientHeight: height } = document.getElementById("map_canvas");
  const written = writtenView();
  if (!width || !height || !box.dataset.tiles) return;
  const { zoom, x, y } = written
    ? { zoom: written[0], ...Object.fromEntries(pixel([written[2], written[1]], written[0]).map((v, i) => ["xy"[i], v])) }
    : openingOf(box, width, height);
  const [first, last] = [-1, 1].map((side) => [
    Math.floor((Math.floor(x) + (side * width) / 2) / TILE_PX),
    Math.floor((Math.floor(y) + (side * height) / 2) / TILE_PX),
  ]);
  for (let column = first[0]; column <= last[0]; column++)
    for (let row = first[1]; row <= last[1]; row++) {
      const names = { z: zoom - 1, x: column, y: row };
      new Image().src = themed(box.dataset.tiles).replace(/\{([zxy])\}/g, (_, name) => names[name]);
    }
}

export function openAhead(box) {
  foldWhatIsInTheWay();
  askAhead(box);
}
