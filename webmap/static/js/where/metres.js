// Metres and degrees on the ellipsoid, near enough for steps of a metre.
const DOWN = Math.PI / 180;

function metresPerDegree(latitude) {
  const at = latitude * DOWN;
  return {
    north: 111132.954 - 559.822 * Math.cos(2 * at) + 1.175 * Math.cos(4 * at),
    east: 111412.84 * Math.cos(at) - 93.5 * Math.cos(3 * at) + 0.118 * Math.cos(5 * at),
  };
}

export function moved({ lat, lng }, east_m, north_m) {
  const { east, north } = metresPerDegree(lat);
  return L.latLng(lat + north_m / north, lng + east_m / east);
}

// East and north in metres from one place to another close by.
export function apart(from, to) {
  const { east, north } = metresPerDegree(from.lat);
  return [(to.lng - from.lng) * east, (to.lat - from.lat) * north];
}

function toSegment_m(place, start, end) {
  const [ax, ay] = apart(place, start);
  const [bx, by] = apart(place, end);
  const [dx, dy] = [bx - ax, by - ay];
  const share = Math.min(1, Math.max(0, -(ax * dx + ay * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(ax + share * dx, ay + share * dy);
}

// How far outside the rings of a border a place lies, in metres; 0 inside.
export function outside_m(place, rings) {
  let isInside = false;
  let nearest_m = Infinity;
  for (const ring of rings)
    for (let at = 0, before = ring.length - 1; at < ring.length; before = at++) {
      const [a, b] = [ring[at], ring[before]];
      const crosses = a.lat > place.lat !== b.lat > place.lat;
      if (crosses && place.lng < ((b.lng - a.lng) * (place.lat - a.lat)) / (b.lat - a.lat) + a.lng) isInside = !isInside;
      nearest_m = Math.min(nearest_m, toSegment_m(place, a, b));
    }
  return isInside ? 0 : nearest_m;
}
