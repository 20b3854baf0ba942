// The week as a page of its own: what is chosen opens on the map, as it does without a script.
import { startWeek } from "./map/week.js";

const page = document.querySelector("[data-week-page]");

startWeek(page, ({ weekdays, hours }) => {
  const asked = new URLSearchParams(new FormData(document.getElementById("filter-week")));
  if (weekdays.length) asked.set("weekdays", weekdays.join(","));
  if (hours.length) asked.set("hours", hours.join("-"));
  location.assign(`/staff/map?${asked}`);
});
