// The week by keys and pointer. The table comes anew with every filter; what listens stays on the container.
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const HOURS = 24;
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const clock = (hour) => String(hour).padStart(2, "0");
const within = (number, least, most) => Math.min(most, Math.max(least, number));

// Day −1 is the row of the clock, hour −1 the column of days: each stands for all of them.
function placeOf(button) {
  const [first, second] = button.value.split("-");
  const day = DAYS.indexOf(first);
  return { day, hour: Number(day < 0 ? first : (second ?? -1)) };
}

function valueOf({ day, hour }) {
  if (day < 0) return clock(hour);
  return hour < 0 ? DAYS[day] : `${DAYS[day]}-${clock(hour)}`;
}

function between(from, to, all) {
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  return first < 0 ? [0, all - 1] : [first, last];
}

// The rectangle with two places for corners.
function spanned(one, other) {
  return { days: between(one.day, other.day, DAYS.length), hours: between(one.hour, other.hour, HOURS) };
}

const holds = ({ days, hours }, { day, hour }) =>
  day >= days[0] && day <= days[1] && hour >= hours[0] && hour <= hours[1];

function asFilter({ days, hours }) {
  const isEvery = ([first, last], all) => first === 0 && last === all - 1;
  return {
    weekdays: isEvery(days, DAYS.length) ? [] : DAYS.slice(days[0], days[1] + 1),
    hours: isEvery(hours, HOURS) ? [] : [clock(hours[0]), clock(hours[1] + 1)],
  };
}

// change({ weekdays, hours }): days by code, and from and to o'clock; both empty is the whole week.
export function startWeek(container, change) {
  let corner = null;
  let held = null;

  const table = () => container.querySelector("[data-week]");
  const buttons = () => [...table().querySelectorAll("button")];
  const cells = () => [...table().querySelectorAll("td button")];
  const chosen = () => cells().filter((cell) => cell.getAttribute("aria-pressed") === "true");
  const buttonAt = (value) => table().querySelector(`button[value="${value}"]`);
  const buttonOf = (event) => event.target.closest?.("[data-week] button");

  function say(button) {
    const line = container.querySelector("[data-week-says]");
    if (!line) return;
    line.textContent = button?.getAttribute("aria-label") ?? "";
    line.hidden = !button;
  }

  function rove(to) {
    for (const button of buttons()) button.tabIndex = button === to ? 0 : -1;
  }

  function reach(to) {
    const area = to && corner && spanned(corner, to);
    for (const cell of cells()) cell.classList.toggle("is-reached", Boolean(area) && holds(area, placeOf(cell)));
  }

  function choose(button, isWider) {
    const place = placeOf(button);
    if (!isWider || !corner) corner = place;
    reach(null);
    change(asFilter(spanned(corner, place)));
  }

  function clear() {
    corner = null;
    reach(null);
    change({ weekdays: [], hours: [] });
  }

  function move(button, [down, right], isWider) {
    const { day, hour } = placeOf(button);
    const to = { day: within(day + down, -1, DAYS.length - 1), hour: within(hour + right, -1, HOURS - 1) };
    if (to.day < 0 && to.hour < 0) return;
    if (isWider && !corner) corner = { day, hour };
    const next = buttonAt(valueOf(to));
    next.focus();
    reach(isWider ? to : null);
  }

  function press(event) {
    const button = buttonOf(event);
    if (!button || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in STEPS) move(button, STEPS[event.key], event.shiftKey);
    else if (event.key === "Home") move(button, [0, -HOURS], event.shiftKey);
    else if (event.key === "End") move(button, [0, HOURS], event.shiftKey);
    else if (event.key === "Enter" || event.key === " ") choose(button, event.shiftKey);
    else if (event.key === "Escape") clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function click(event) {
    const button = buttonOf(event);
    if (!button && !event.target.closest?.("[data-week-all]")) return;
    event.preventDefault();
    if (!button) return clear();
    choose(button, event.shiftKey);
  }

  // A screen reader hands the arrow keys to a grid; one cell is a stop for the tab key.
  function ready() {
    if (!table() || table().role === "grid") return;
    table().role = "grid";
    const [first] = chosen();
    const before = held && buttonAt(held);
    rove(before || first || cells()[0]);
    if (!before || !first) corner = first ? placeOf(first) : null;
    if (before && document.activeElement === document.body) before.focus();
  }

  container.addEventListener("keydown", press);
  container.addEventListener("keyup", (event) => event.key === " " && buttonOf(event) && event.preventDefault());
  container.addEventListener("click", click);
  container.addEventListener("focusin", (event) => {
    const button = buttonOf(event);
    held = button?.value ?? null;
    if (button) rove(button);
    say(button);
  });
  document.addEventListener("focusin", (event) => {
    if (!container.contains(event.target)) held = null;
  });
  container.addEventListener("focusout", (event) => event.relatedTarget && say(null));
  container.addEventListener("pointerover", (event) => say(buttonOf(event) ?? (held && buttonAt(held))));
  container.addEventListener("pointerleave", () => say(held && table() ? buttonAt(held) : null));
  new MutationObserver(ready).observe(container, { childList: true, subtree: true });
  ready();
}
