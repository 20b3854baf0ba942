// Saying where: names suggested while one writes, and a map to point at. Without this the form does the same in steps.
import { drawNames } from "./map/names.js";
import { themed } from "./map/opening.js";
import { startMap } from "./where/map.js";
import { startSuggestions } from "./where/suggest.js";

for (const field of document.querySelectorAll("[data-place-search]")) startSuggestions(field);
for (const box of document.querySelectorAll("[data-point-map]")) startMap(box, { drawNames, themed });
