// A changed filter without a new page: the same address is fetched, and its marked parts are put in.
let settings = null;
let asking = new AbortController();
let last = [];
let shown = location.search;

const path = (address) => new URL(address, location.href).pathname;

function swapParts(fetched) {
  for (const part of document.querySelectorAll("[data-swap]")) {
    const next = fetched.querySelector(`[data-swap="${CSS.escape(part.dataset.swap)}"]`);
    if (next) part.replaceWith(document.importNode(next, true));
  }
  document.title = fetched.title;
}

function swapAddresses(fetched) {
  const next = fetched.getElementById("map").dataset;
  for (const name of ["tiles", "value", "points", "link"]) settings.box.dataset[name] = next[name];
}

const isTicked = (control) => /radio|checkbox/.test(control.type);

function twinOf(control, fetched) {
  const alike = fetched.querySelectorAll(`#filter [name="${CSS.escape(control.name)}"]`);
  return [...alike].find((each) => !isTicked(control) || each.value === control.value);
}

function swapChoices(fetched, keepsChoices) {
  for (const control of document.getElementById("filter").elements) {
    const twin = control.name && twinOf(control, fetched);
    if (!twin) continue;
    if (twin.hasAttribute("aria-invalid")) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    if (keepsChoices) continue;
    if (isTicked(control)) control.checked = twin.checked;
    else control.value = twin.value;
  }
}

function say() {
  const words = ["title", "summary"].map((name) => document.querySelector(`[data-swap="${name}"]`).textContent);
  document.querySelector("[data-live]").textContent = words.join(". ");
}

async function read(address, signal) {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, signal });
  if (answer.redirected && path(answer.url) !== path(address)) return location.assign(address);
  const fetched = new DOMParser().parseFromString(await answer.text(), "text/html");
  const map = fetched.getElementById("map");
  if (!map) throw new TypeError("not the map page");
  // Another municipality is another ground: that is a new page.
  if (map.dataset.script !== settings.box.dataset.script) return location.assign(address);
  return fetched;
}

// keepsChoices: what the reader has set stays as it is, and the address is a new step back.
export async function askFor(address, { keepsChoices = false, isNew = false } = {}) {
  asking.abort();
  asking = new AbortController();
  last = [address, { keepsChoices, isNew }];
  const { signal } = asking;
  settings.onBusy(true);
  try {
    const fetched = await read(address, signal);
    if (!fetched || signal.aborted) return;
    swapChoices(fetched, keepsChoices);
    swapParts(fetched);
    swapAddresses(fetched);
    if (isNew) history.pushState(null, "", new URL(settings.box.dataset.link, location.href).href + location.hash);
    shown = location.search;
    settings.onChange();
    say();
  } catch (fault) {
    if (fault.name === "AbortError") return;
    settings.onBusy(false);
    settings.box.querySelector("[data-failed]").hidden = false;
  }
}

export const askAgain = () => askFor(...(last.length ? last : [location.href]));

function addressOf(form) {
  const chosen = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  return `${path(form.action)}?${chosen}`;
}

// Half an interval says nothing: the other end is the day's, and clearing one clears both.
function completeHours(control, form) {
  const [first, end] = [form.elements.hours_from, form.elements.hours_to];
  if (control !== first && control !== end) return;
  const other = control === first ? end : first;
  if (!control.value) other.value = "";
  else if (!other.value) other.value = other === end ? "24" : "00";
}

// weekdays: codes, none for all. hours: first and end as two digits each, none for all.
export function chooseHours({ weekdays = [], hours = [] }) {
  const form = document.getElementById("filter");
  for (const box of form.querySelectorAll("[name=weekdays]")) box.checked = weekdays.includes(box.value);
  const [first, end] = hours;
  form.elements.hours_from.value = first ?? "";
  form.elements.hours_to.value = end ?? "";
  form.dispatchEvent(new Event("change", { cancelable: true }));
}

export function startFilter(given) {
  settings = given;
  const form = document.getElementById("filter");
  const change = (event) => {
    event.preventDefault();
    completeHours(event.target, form);
    askFor(addressOf(form), { keepsChoices: true, isNew: true });
  };
  form.addEventListener("change", change);
  form.addEventListener("submit", change);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-apply]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    askFor(link.href, { isNew: true });
  });
  window.addEventListener("popstate", () => {
    if (location.search !== shown) askFor(location.href);
  });
}
