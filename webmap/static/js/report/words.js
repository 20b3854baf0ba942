// How many signs are left, said when one pauses.
const text = document.querySelector("[data-most]");
const left = document.querySelector("[data-text-left]");
let timer = 0;

function tell() {
  const n = Number(text.dataset.most) - text.value.length;
  left.textContent = (n < 0 ? text.dataset.over : text.dataset.left).replace("{n}", Math.abs(n));
}

text.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(tell, 400);
});
tell();
