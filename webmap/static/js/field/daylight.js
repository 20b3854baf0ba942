// Light or dark: as the sun is, or as this phone was told.
const KEPT = "field-theme";
export const THEMES = ["sun", "light", "dark"];
const EVERY_MS = 60_000;
const DARK_BAR = "#172229";
const LIGHT_BAR = "#ffffff";

const minuteOf = (time) => {
  const [hour, minute] = time.split(":").map(Number);
  return hour * 60 + minute;
};

// sun: {rises, sets} of the day of the walk, or null where the sun does not do both.
export const isDark = (sun, now = new Date()) => {
  if (!sun?.rises || !sun?.sets) return matchMedia("(prefers-color-scheme: dark)").matches;
  const minute = now.getHours() * 60 + now.getMinutes();
  return minute < minuteOf(sun.rises) || minute >= minuteOf(sun.sets);
};

export const startDaylight = (sun) => {
  const kept = () => {
    try {
      return localStorage.getItem(KEPT);
    } catch {
      return null; // storage may be closed to us
    }
  };
  let chosen = THEMES.includes(kept()) ? kept() : "sun";
  const apply = () => {
    const theme = chosen === "sun" ? (isDark(sun) ? "dark" : "light") : chosen;
    if (document.documentElement.dataset.theme === theme) return;
    document.documentElement.dataset.theme = theme;
    document.querySelector("meta[name=theme-color]").content = theme === "dark" ? DARK_BAR : LIGHT_BAR;
    document.dispatchEvent(new Event("themechange"));
  };
  apply();
  setInterval(apply, EVERY_MS);
  document.addEventListener("visibilitychange", apply);
  return {
    chosen: () => chosen,
    choose: (theme) => {
      chosen = theme;
      try {
        localStorage.setItem(KEPT, theme);
      } catch {
        // then it lasts for this page
      }
      apply();
    },
  };
};
