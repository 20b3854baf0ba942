// Printing the receipt, and keeping a mistyped code for one more try: the server never sends it back.
const KEY = "code-typed";
const form = document.querySelector("[data-follow]");
const field = form?.elements.namedItem("code");

function taken() {
  try {
    const typed = sessionStorage.getItem(KEY) ?? "";
    sessionStorage.removeItem(KEY);
    return typed;
  } catch {
    return ""; // storage may be closed to us
  }
}

const typed = taken();
if (field?.getAttribute("aria-invalid")) {
  field.value = typed;
}

form?.addEventListener("submit", () => {
  try {
    sessionStorage.setItem(KEY, field.value);
  } catch {
    // then it has to be typed again
  }
});

document.querySelector("[data-print]")?.addEventListener("click", () => print());

document.querySelector("[data-summary]")?.focus();
