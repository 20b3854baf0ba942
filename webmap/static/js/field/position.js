// Where the phone is: one watch at a time, begun at the first tap, over when it is sure enough, after twenty seconds,
// or when the app is hidden. It never keeps anybody from saving.
const GOOD_M = 10;
const LONGEST_MS = 20_000;
const OLDEST_MS = 5_000;
const REFUSED = 1;

export const startPosition = () => {
  const listeners = new Set();
  let watch = null;
  let until = 0;
  let fix = null;
  let state = "none"; // none, seeking, found, silent, denied

  const tell = () => listeners.forEach((listen) => listen());
  const over = (next) => {
    if (watch !== null) navigator.geolocation.clearWatch(watch);
    clearTimeout(until);
    watch = null;
    state = next;
    tell();
  };
  const stop = () => watch !== null && over(fix ? "found" : "silent");
  const found = ({ coords, timestamp }) => {
    fix = { lat: coords.latitude, lon: coords.longitude, accuracy_m: Math.round(coords.accuracy * 10) / 10, at: timestamp };
    state = "found";
    if (coords.accuracy <= GOOD_M) over("found");
    else tell();
  };
  const failed = ({ code }) => over(fix ? "found" : code === REFUSED ? "denied" : "silent");
  const start = () => {
    over("seeking");
    fix = null;
    if (!navigator.geolocation) return over("silent");
    watch = navigator.geolocation.watchPosition(found, failed, { enableHighAccuracy: true, maximumAge: OLDEST_MS, timeout: LONGEST_MS });
    until = setTimeout(stop, LONGEST_MS);
    return undefined;
  };
  document.addEventListener("visibilitychange", () => document.hidden && stop());

  return {
    start,
    stop,
    state: () => state,
    // age_s: of the fix now, by the phone's own clock.
    fix: () => fix && { ...fix, age_s: Math.max(0, Math.round((Date.now() - fix.at) / 100) / 10) },
    onChange: (listen) => {
      listeners.add(listen);
      return () => listeners.delete(listen);
    },
  };
};
