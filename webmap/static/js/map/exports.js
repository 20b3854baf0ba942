// The menu of files: it closes as menus do, and a sheet to print shows the ground that is on the screen.
import { taken } from "./opening.js";

function framed(link, map) {
  const { left, right, top, bottom } = taken();
  const { x: width, y: height } = map.getSize();
  const corners = [[left, height - bottom], [width - right, top]].map((corner) => map.containerPointToLatLng(corner));
  const bounds = L.latLngBounds(corners);
  const address = new URL(link.href, location.href);
  const edges = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  address.searchParams.set("frame", edges.map((edge) => edge.toFixed(6)).join(","));
  return address.href;
}

export function startExports(map, menu) {
  const close = () => {
    menu.open = false;
  };
  menu.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    if (link.matches("[data-framed]")) link.href = framed(link, map);
    setTimeout(close);
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    close();
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) close();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) close();
  });
}
