// The square that was asked about, outlined on the map. Its corners come with the answer, in degrees.
export function squareAt(ring) {
  const corners = ring.map(([longitude, latitude]) => [latitude, longitude]);
  const quiet = { interactive: false, fill: false };
  return L.layerGroup([
    L.polyline(corners, { ...quiet, className: "m-square-halo" }),
    L.polyline(corners, { ...quiet, className: "m-square" }),
  ]);
}
