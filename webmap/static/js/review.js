// Reviewing with scripts: keys, a countdown, a drawing that follows the hand. All of it works without, by links and forms.
import { startDrawing } from "./review/drawing.js";
import { startKeys } from "./review/keys.js";
import { startToast } from "./review/toast.js";

function startBulk(form) {
  const every = form.querySelector("[data-all]");
  const boxes = [...form.querySelectorAll("input[name=chosen]")];
  const [all, none] = [every.textContent, every.dataset.none];
  const say = () => (every.textContent = boxes.every((box) => box.checked) ? none : all);
  every.addEventListener("click", () => {
    const isChoosing = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = isChoosing;
    say();
  });
  form.addEventListener("change", say);
  say();
}

const bulk = document.querySelector("[data-bulk]");
if (bulk?.querySelector("[data-all]")) startBulk(bulk);
const toast = document.querySelector("[data-toast]");
if (toast) startToast(toast);
const map = document.querySelector("[data-map]");
if (map) startDrawing(map);
startKeys();
// A panel that was asked for is what the reader wants to be in.
if (!document.querySelector("[data-summary]")) document.querySelector("[data-panel]")?.focus();
