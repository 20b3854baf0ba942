// Names of places under the field while one writes. The choice is kept as a key beside the words.
const WAIT_MS = 150;
const SHORTEST = 2;

function rowOf(place, number, list) {
  const row = document.createElement("li");
  const name = document.createElement("span");
  const more = document.createElement("small");
  row.id = `${list.id}-${number}`;
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", "false");
  name.textContent = place.name;
  more.textContent = [place.kind, place.locality].filter(Boolean).join(", ");
  row.append(name, more);
  return row;
}

export function startSuggestions(box) {
  const input = box.querySelector("input[type=text]");
  const picked = box.querySelector("[data-picked]");
  const askedFor = box.querySelector("[data-asked]");
  const list = box.querySelector("[data-suggestions]");
  const said = box.querySelector("[data-said]");
  const words = JSON.parse(box.dataset.words);
  let places = [];
  let active = -1;
  let waiting = 0;
  let asked = 0;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function show(found) {
    places = found;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...found.map((place, number) => rowOf(place, number, list)));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    said.textContent = found.length ? words.found.replace("0", found.length) : words.none;
  }

  function choose(place) {
    input.value = [place.name, place.locality].filter(Boolean).join(", ");
    picked.value = place.key;
    askedFor.value = input.value;
    said.textContent = words.chosen.replace("…", input.value);
    close();
    box.dispatchEvent(new CustomEvent("placechosen", { bubbles: true }));
  }

  function step(by) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = (active + by + places.length + (active < 0 && by < 0 ? 1 : 0)) % places.length;
    const row = list.children[active];
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", row.id);
  }

  async function ask() {
    const text = input.value.trim();
    const turn = ++asked;
    if (text.length < SHORTEST) {
      said.textContent = "";
      return close();
    }
    try {
      const answer = await fetch(`${box.dataset.placeSearch}&q=${encodeURIComponent(text)}`);
      if (turn === asked && answer.ok) show((await answer.json()).places);
    } catch {
      // Without names to choose from the words are sent as they are.
      if (turn === asked) close();
    }
  }

  input.addEventListener("input", () => {
    picked.value = "";
    box.querySelector("[data-meant]")?.remove();
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const act = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      Escape: close,
      Enter: active < 0 ? null : () => choose(places[active]),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  input.addEventListener("blur", () => {
    clearTimeout(waiting);
    asked++;
    close();
  });
  // Before the field loses focus, so that the list is still there.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const row = event.target.closest("li");
    if (row) choose(places[[...list.children].indexOf(row)]);
  });
}
