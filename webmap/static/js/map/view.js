// Which part of the map is seen: kept in the address, so that a link shows the same.
const WRITTEN = /^#(\d+)\/(-?[\d.]+)\/(-?[\d.]+)$/;

export function openView(map, goHome) {
  const said = WRITTEN.exec(location.hash);
  if (said) map.setView([Number(said[2]), Number(said[3])], Number(said[1]), { animate: false });
  else goHome();
}

// Room for the panel that floats to the left, where there is one.
openView.padding = () => {
  const panel = document.querySelector("[data-filter]");
  const isFloating = getComputedStyle(panel).position === "absolute";
  const left = isFloating ? panel.offsetLeft + panel.offsetWidth + 12 : 8;
  return { paddingTopLeft: [left, 8], paddingBottomRight: [8, 8], animate: false };
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
