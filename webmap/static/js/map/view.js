// Which part of the map is seen: kept in the address, so that a link shows the same.
import { openingOf, placeOf, taken, writtenView } from "./opening.js";

export function openView(map, box) {
  const [zoom, ...place] = writtenView() ?? [];
  const { x: width, y: height } = map.getSize();
  const opening = zoom ? null : openingOf(box, width, height);
  map.setView(opening ? placeOf(opening) : place, opening?.zoom ?? zoom, { animate: false });
}

openView.padding = () => {
  const { left, right, top, bottom } = taken();
  return { paddingTopLeft: [left, top], paddingBottomRight: [right, bottom], animate: false };
};

function hashOf(map) {
  const { lat, lng } = map.getCenter();
  return `#${map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}`;
}

export function keepView(map) {
  map.on("moveend", () => history.replaceState(history.state, "", hashOf(map)));
}

export async function copyLink(button, box) {
  const link = new URL(box.dataset.link, location.href);
  link.hash = location.hash;
  const word = button.querySelector("span");
  const before = word.textContent;
  try {
    await navigator.clipboard.writeText(link.href);
    word.textContent = button.dataset.copied;
    document.querySelector("[data-live]").textContent = button.dataset.copied;
    setTimeout(() => (word.textContent = before), 2500);
  } catch {
    // No clipboard without https: then the reader copies it.
    const field = document.getElementById("copy-link");
    field.closest("p").hidden = false;
    field.value = link.href;
    field.select();
  }
}
