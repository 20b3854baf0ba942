// Black boxes drawn over a photo: each is a row of four numbers in the form, and the form is what counts.
const LEAST_SHARE = 0.5; // per cent: a click is not a box

const picture = document.querySelector("[data-redaction]");
const form = document.querySelector("[data-boxes]");
const list = form.querySelector("[data-rows]");
const marks = picture.querySelector("[data-marks]");
const blank = list.lastElementChild.cloneNode(true);
const { width, height } = picture.viewBox.baseVal;
const SIDES = ["left", "top", "width", "height"];

const fields = (row) => SIDES.map((side) => row.querySelector(`[name=${side}]`));
const numbers = (row) => fields(row).map((field) => field.valueAsNumber);
const isBlank = (row) => fields(row).every((field) => field.value === "");

const shape = (name, said, words = "") => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(said)) made.setAttribute(key, value);
  made.textContent = words;
  return made;
};

const mark = ([left, top, wide, high], more = {}) =>
  shape("rect", {
    x: (left * width) / 100,
    y: (top * height) / 100,
    width: (Math.min(wide, 100 - left) * width) / 100,
    height: (Math.min(high, 100 - top) * height) / 100,
    ...more,
  });

const isBox = ([left, top, wide, high]) =>
  [left, top, wide, high].every((side) => side >= 0 && side <= 100) && left < 100 && top < 100 && wide > 0 && high > 0;

const draw = (drawn) => {
  const boxes = [...list.children].map(numbers).filter(isBox).map((box) => mark(box));
  marks.replaceChildren(...boxes, ...(drawn ? [mark(drawn, { class: "is-drawn" })] : []));
};

const renumber = () => {
  [...list.children].forEach((row, index) => {
    row.id = `box-${index + 1}`;
    for (const place of row.querySelectorAll("[data-number]")) place.textContent = index + 1;
    row.querySelector("[data-remove-box]").value = `remove-${index + 1}`;
  });
};

const addRow = () => {
  if (list.children.length >= Number(form.dataset.most)) return null;
  const row = blank.cloneNode(true);
  row.querySelector(".msg-err")?.remove();
  for (const field of fields(row)) field.value = "";
  list.append(row);
  renumber();
  return row;
};

const fill = (box) => {
  const last = list.lastElementChild;
  const row = last && isBlank(last) ? last : addRow();
  if (!row) return;
  fields(row).forEach((field, index) => { field.value = box[index].toFixed(1); });
  const status = document.querySelector("[data-box-status]");
  status.textContent = status.dataset.drawn.replace("{n}", list.children.length);
  draw();
};

// Where the pointer is, in per cent of the photo, wherever the photo lies within its frame.
const place = (event) => {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
  return [at.x / width, at.y / height].map((share) => 100 * Math.min(1, Math.max(0, share)));
};

const between = ([x, y], [u, v]) => [Math.min(x, u), Math.min(y, v), Math.abs(x - u), Math.abs(y - v)];

let begun = null;
picture.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  begun = place(event);
  picture.setPointerCapture(event.pointerId);
  event.preventDefault();
});
picture.addEventListener("pointermove", (event) => begun && draw(between(begun, place(event))));
picture.addEventListener("pointerup", (event) => {
  if (!begun) return;
  const box = between(begun, place(event));
  begun = null;
  if (Math.min(box[2], box[3]) >= LEAST_SHARE) fill(box);
  else draw();
});
picture.addEventListener("pointercancel", () => { begun = null; draw(); });

list.addEventListener("input", () => draw());
form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.matches("[data-add]")) {
    event.preventDefault();
    const row = addRow();
    if (row) fields(row)[0].focus();
  } else if (button?.matches("[data-remove-box]")) {
    event.preventDefault();
    const row = button.closest("li");
    const next = row.nextElementSibling ?? row.previousElementSibling;
    if (next) row.remove();
    else for (const field of fields(row)) field.value = "";
    renumber();
    draw();
    (next ? fields(next)[0] : form.querySelector("[data-add]")).focus();
  }
});
// Enter in a field is for seeing what it does, which is seen already.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
});
draw();
