// The card beside the map: what is known of one thing on it, in lines of text.
const card = document.querySelector("[data-value-card]");
const heading = card.querySelector("h2");
const usual = heading.textContent;
let onClose = null;

function written(line) {
  const p = document.createElement("p");
  p.textContent = line;
  return p;
}

// closed: called when the card closes or comes to show something else; takes away what marks it on the map.
export function showCard(lines, { title = usual, place = "", closed = null } = {}) {
  if (onClose && onClose !== closed) onClose();
  onClose = closed;
  heading.textContent = title;
  card.querySelector("[data-value-words]").replaceChildren(...lines.map(written));
  card.querySelector("[data-value-place]").textContent = place;
  card.hidden = false;
}

// Says whether the card had the focus, which is then somebody else's to take.
export function closeCard() {
  const hadFocus = !card.hidden && card.contains(document.activeElement);
  const done = onClose;
  onClose = null;
  card.hidden = true;
  done?.();
  return hadFocus;
}

export const placeWords = ({ lat, lng }) => `${lat.toFixed(5)}° N, ${lng.toFixed(5)}° E`;

export function startCard(onLeave) {
  const leave = () => closeCard() && onLeave();
  document.addEventListener("keydown", (event) => event.key === "Escape" && leave());
  card.querySelector("[data-close]").addEventListener("click", leave);
}
