// Where the reader stands: asked for once, drawn with its circle, warned about and never refused.
const GOOD_M = 10;
const POOR_M = 50;
const LONGEST_MS = 20_000;
const CLOSE_UP = 16;
const REFUSED = 1;
const SILENT = 3;

export function startPosition(map, box, pin, words) {
  const form = box.closest("form");
  const button = form.querySelector("[data-own-position]");
  const said = form.querySelector("[data-position-said]");
  let watch = null;
  let circle = null;
  let until = 0;

  function stop() {
    if (watch !== null) navigator.geolocation.clearWatch(watch);
    clearTimeout(until);
    watch = null;
    button.disabled = false;
  }

  function found({ coords }) {
    const at = L.latLng(coords.latitude, coords.longitude);
    const isFirst = !circle;
    circle?.remove();
    circle = L.circle(at, { radius: coords.accuracy, className: "m-sure", interactive: false }).addTo(map);
    pin.set(at, "gps", coords.accuracy.toFixed(1));
    if (isFirst) map.setView(at, Math.max(map.getZoom(), CLOSE_UP), { animate: false });
    const metres = Math.round(coords.accuracy);
    said.textContent = (metres > POOR_M ? words.poor : words.good).replace("0", metres);
    if (coords.accuracy <= GOOD_M) stop();
  }

  function failed({ code }) {
    // One fix is enough: what comes after it may fail.
    if (!circle) said.textContent = { [REFUSED]: words.refused, [SILENT]: words.silent }[code] ?? words.unavailable;
    stop();
  }

  if (!navigator.geolocation || !window.isSecureContext) {
    button.hidden = true;
    return;
  }
  button.addEventListener("click", () => {
    stop();
    circle?.remove();
    circle = null;
    button.disabled = true;
    said.textContent = words.looking;
    watch = navigator.geolocation.watchPosition(found, failed, { enableHighAccuracy: true, timeout: LONGEST_MS, maximumAge: 10_000 });
    until = setTimeout(stop, LONGEST_MS);
  });
  document.addEventListener("visibilitychange", () => document.hidden && stop());
  box.addEventListener("pinmoved", ({ detail }) => {
    if (detail.source === "gps") return;
    stop();
    circle?.remove();
    circle = null;
    said.textContent = "";
  });
}
