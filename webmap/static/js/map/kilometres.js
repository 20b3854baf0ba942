// Numbers of the kilometre lines at the map's edges: east along the top, north along the left.
const FINE_FROM_PX = 30;
const APART_PX = 48;
const EDGE_PX = 4;

// Where a line crosses the edge: `along` is the axis of the edge, `across` the other.
function crossing(map, line, across, along) {
  let before = null;
  for (const place of line) {
    const point = map.latLngToContainerPoint(place);
    if (before && (before[across] - EDGE_PX) * (point[across] - EDGE_PX) <= 0) {
      const share = (EDGE_PX - before[across]) / (point[across] - before[across] || 1);
      return before[along] + share * (point[along] - before[along]);
    }
    before = point;
  }
  return null;
}

// A kilometre east is under 1,000 in all of Sweden, a kilometre north over 6,000.
const isEast = (km) => km < 1000;

function linesOf(layer, numbers) {
  return layer ? layer.getLatLngs().map((line, index) => ({ km: numbers[index], line })) : [];
}

export function drawKilometres(map, target) {
  const coarse = linesOf(window.poly_line_grid_coarse, map.options.gridCoarseKm);
  const fine = linesOf(window.poly_line_grid, map.options.gridKm);

  function pixelsPerKilometre() {
    const { lat, lng } = map.getCenter();
    const metres = map.distance([lat, lng - 0.05], [lat, lng + 0.05]);
    const span = map.latLngToContainerPoint([lat, lng + 0.05]).x - map.latLngToContainerPoint([lat, lng - 0.05]).x;
    return (span / metres) * 1000;
  }

  function label({ km, line }) {
    const at = isEast(km) ? crossing(map, line, "y", "x") : crossing(map, line, "x", "y");
    const limit = isEast(km) ? map.getSize().x : map.getSize().y;
    if (at === null || at < 16 || at > limit - 24) return [];
    const word = document.createElement("span");
    word.textContent = km;
    word.style.left = `${isEast(km) ? at + 4 : EDGE_PX}px`;
    word.style.top = `${isEast(km) ? EDGE_PX : at - 14}px`;
    return [word];
  }

  function draw() {
    const step = pixelsPerKilometre();
    map.getContainer().classList.toggle("is-far", !fine.length || step < FINE_FROM_PX);
    const lines = step < APART_PX ? coarse : [...coarse, ...fine];
    target.replaceChildren(...lines.flatMap(label));
  }

  map.on("zoomstart", () => target.replaceChildren());
  map.on("move zoomend resize", draw);
  draw();
}
