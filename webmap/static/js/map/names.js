// Place names as text on the map. Towns first, until one is looked into; a name that would cover another is left out.
const PLACES_FROM_ZOOM = 12;
const PLACES_FIRST_FROM_ZOOM = 13;

function written(place) {
  const label = document.createElement("span");
  const dot = document.createElement("span");
  const name = document.createElement("span");
  dot.className = "dot";
  name.className = "name";
  name.textContent = place.name;
  label.append(dot, name);
  return label;
}

function marker(place) {
  const icon = L.divIcon({
    html: written(place),
    className: place.is_town ? "m-lab is-town" : "m-lab",
    iconSize: null,
    iconAnchor: [0, 0],
  });
  return L.marker([place.lat, place.lon], { icon, interactive: false, keyboard: false });
}

const overlaps = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function boxOf(map, each) {
  const at = map.latLngToLayerPoint(each.marker.getLatLng());
  const height = each.place.is_town ? 24 : 20;
  return { left: at.x - 6, right: at.x + 12 + each.width, top: at.y - height / 2, bottom: at.y + height / 2 };
}

export function drawNames(map, places) {
  const sorted = [...places].sort((a, b) => Number(b.is_town) - Number(a.is_town));
  const all = sorted.map((place) => ({ place, marker: marker(place).addTo(map) }));

  function measure() {
    for (const each of all) each.width = each.marker.getElement().querySelector(".name").offsetWidth;
    thin();
  }

  function thin() {
    const taken = [];
    const isInside = map.getZoom() >= PLACES_FIRST_FROM_ZOOM;
    for (const each of isInside ? [...all].reverse() : all) {
      const box = boxOf(map, each);
      const isFar = !each.place.is_town && map.getZoom() < PLACES_FROM_ZOOM;
      const isHidden = isFar || taken.some((other) => overlaps(box, other));
      each.marker.getElement().classList.toggle("is-hidden", isHidden);
      if (!isHidden) taken.push(box);
    }
  }

  map.on("zoomend viewreset", thin);
  measure();
  document.fonts.ready.then(measure);
}
