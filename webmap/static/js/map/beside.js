// What stands beside the surface: layers, points, values, list, week and files. It waits until the map is there.
import { startExports } from "./exports.js";
import { chooseHours } from "./filter.js";
import { startLayers } from "./layers.js";
import { startParts } from "./parts.js";
import { startPoints } from "./points.js";
import { startSpots } from "./spots.js";
import { startValues } from "./values.js";
import { startWeek } from "./week.js";

export function startBeside(map, box, words) {
  const layers = startLayers(map, box);
  startExports(map, document.querySelector("[data-menu]"));
  const values = startValues(map, box, words, layers.walkedNear);
  const points = startPoints(map, box, words);
  const spots = startSpots(map, document.querySelector("[data-part-of=list]"));
  startWeek(document.querySelector("[data-part-of=week]"), chooseHours);
  const parts = startParts(box, (name) => name === "list" && spots.draw());

  function show() {
    if (box.dataset.points) points.show();
    else points.hide();
    parts.show();
  }

  // The sheet shows one period: two beside each other are printed as the page shows them.
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-print]")) return;
    event.preventDefault();
    window.print();
  });
  show();
  box.dataset.ready = "";
  return {
    show,
    refresh() {
      show();
      layers.refresh();
      values.refresh();
    },
  };
}
