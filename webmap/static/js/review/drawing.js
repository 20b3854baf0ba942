// The drawing beside a report: nearer, farther, dragged, and a pin that is set by hand or by keys.
const STEP_M = 10;
const FINE_STEP_M = 1;
const CLICK_PX = 5;
const ARROWS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export function startDrawing(box) {
  const fields = document.querySelector("[data-point]");
  let at = null;
  let asking = new AbortController();

  const drawing = () => box.querySelector("[data-drawing]");
  const picture = () => drawing().querySelector("svg");
  const number = (name) => Number(drawing().dataset[name]);

  // A place on the screen as east and north in metres.
  function metres({ clientX, clientY }) {
    const spot = new DOMPoint(clientX, clientY).matrixTransform(picture().getScreenCTM().inverse());
    return [number("west") + spot.x / number("scale"), number("top") - spot.y / number("scale")];
  }

  const typed = () => ["east", "north"].map((name) => Number(fields.elements[name].value.replace(",", ".")));

  function drawPin([east, north]) {
    let pin = picture().querySelector("[data-pin]");
    if (!pin) {
      pin = document.createElementNS("http://www.w3.org/2000/svg", "g");
      pin.dataset.pin = "";
      pin.innerHTML =
        '<g class="case-pin"><path d="M0 0C-4-9-15-16-15-27a15 15 0 0 1 30 0C15-16 4-9 0 0Z"/><circle cy="-27" r="5.5"/></g>';
      picture().querySelector("[data-ground]").append(pin);
    }
    const [x, y] = [(east - number("west")) * number("scale"), (number("top") - north) * number("scale")];
    pin.setAttribute("transform", `translate(${x} ${y})`);
    pin.querySelector(".case-accuracy")?.remove();
  }

  function setPin(spot) {
    const rounded = spot.map((value) => value.toFixed(1));
    [fields.elements.east.value, fields.elements.north.value] = rounded;
    drawPin(spot);
    const line = fields.querySelector("[data-point-said]");
    line.textContent = line.dataset.words.replace("{east}", rounded[0]).replace("{north}", rounded[1]);
  }

  async function redraw(span) {
    asking.abort();
    asking = new AbortController();
    const asked = new URLSearchParams(location.search);
    asked.set("span", span);
    if (at) asked.set("at", at.map((value) => value.toFixed(1)).join(","));
    if (fields && fields.elements.east.value) for (const name of ["east", "north"]) asked.set(name, fields.elements[name].value);
    drawing().setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${drawing().dataset.own}?${asked}`, { signal: asking.signal });
      if (!answer.ok || answer.redirected) return location.reload();
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      const focused = document.activeElement?.dataset.zoom !== undefined && drawing().contains(document.activeElement);
      const wasIn = focused && document.activeElement.nextElementSibling !== null;
      drawing().replaceWith(parsed.querySelector("[data-drawing]"));
      if (focused) drawing().querySelectorAll("[data-zoom]")[wasIn ? 0 : 1]?.focus();
    } catch (fault) {
      if (fault.name !== "AbortError") drawing().removeAttribute("aria-busy");
    }
    dress();
  }

  function dress() {
    drawing().classList.toggle("is-pointed", Boolean(fields));
  }

  box.addEventListener("click", (event) => {
    const link = event.target.closest("[data-zoom]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (fields && fields.elements.east.value && !at) at = typed();
    redraw(link.dataset.zoom);
  });

  box.addEventListener("pointerdown", (down) => {
    if (down.button !== 0 || !down.target.closest("svg") || down.target.closest("a")) return;
    const ground = picture().querySelector("[data-ground]");
    const start = metres(down);
    let isDragged = false;
    const move = (event) => {
      const gone = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY);
      if (!isDragged && gone < CLICK_PX) return;
      isDragged = true;
      drawing().classList.add("is-dragged");
      const now = metres(event);
      const shift = [(now[0] - start[0]) * number("scale"), (start[1] - now[1]) * number("scale")];
      ground.setAttribute("transform", `translate(${shift[0]} ${shift[1]})`);
    };
    const up = (event) => {
      removeEventListener("pointermove", move);
      drawing().classList.remove("is-dragged");
      if (event.type === "pointercancel") return ground.removeAttribute("transform");
      const now = metres(event);
      if (isDragged) {
        const size = picture().viewBox.baseVal;
        const middle = [number("west") + size.width / 2 / number("scale"), number("top") - size.height / 2 / number("scale")];
        at = [middle[0] - (now[0] - start[0]), middle[1] - (now[1] - start[1])];
        redraw(number("span"));
      } else if (fields) setPin(now);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up, { once: true });
    addEventListener("pointercancel", up, { once: true });
  });

  fields?.querySelector("[data-aim]").addEventListener("keydown", (event) => {
    const way = ARROWS[event.key];
    if (!way) return;
    event.preventDefault();
    const from = fields.elements.east.value
      ? typed()
      : [number("west") + 420 / number("scale"), number("top") - 393.5 / number("scale")];
    const step = event.shiftKey ? FINE_STEP_M : STEP_M;
    setPin([from[0] + way[0] * step, from[1] + way[1] * step]);
  });

  fields?.addEventListener("input", () => {
    const spot = typed();
    if (spot.every((value) => value > 0)) drawPin(spot);
  });
  dress();
}
