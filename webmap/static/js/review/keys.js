// Single keys press what is marked with them; never while somebody types, and not at all where they are turned off.
const KEPT_AS = "review-keys";
const TYPES_IN = "input, textarea, select, [contenteditable]";

function wereOn() {
  try {
    return localStorage.getItem(KEPT_AS) !== "off";
  } catch {
    return true; // storage may be closed to us
  }
}

function keep(areOn) {
  try {
    localStorage.setItem(KEPT_AS, areOn ? "on" : "off");
  } catch {
    // then it lasts for this page
  }
}

// Rejecting needs a reason: the key leads there first, and Enter in the list then rejects.
function press(target) {
  const reason = document.getElementById("reason");
  if (target.value === "reject" && reason && !reason.value) reason.focus();
  else target.click();
}

export function startKeys() {
  const verdict = document.querySelector("[data-verdict]");
  const button = document.querySelector("[data-keys-switch]");
  let areOn = wereOn();

  function show() {
    document.body.classList.toggle("has-no-keys", !areOn);
    if (!button) return;
    button.setAttribute("aria-pressed", String(areOn));
    button.querySelector("[data-keys-word]").textContent = areOn ? button.dataset.on : button.dataset.off;
  }

  button?.addEventListener("click", () => {
    areOn = !areOn;
    keep(areOn);
    show();
  });
  document.addEventListener("keydown", (event) => {
    const isPlain = !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat);
    if (!areOn || !isPlain || event.target.closest(TYPES_IN)) return;
    if (event.key === "Escape") return document.querySelector("[data-cancel]")?.click();
    const target = /^[a-z]$/.test(event.key) && document.querySelector(`[data-key="${event.key}"]`);
    if (!target) return;
    event.preventDefault();
    press(target);
  });
  document.getElementById("reason")?.addEventListener("keydown", (event) => {
    const reject = verdict?.querySelector("[value=reject]");
    if (event.key !== "Enter" || !reject || !event.target.value) return;
    event.preventDefault();
    reject.click();
  });
  // Once is enough: a second press would be for a report that nobody has looked at.
  verdict?.addEventListener("submit", (event) => {
    if (verdict.dataset.sent) event.preventDefault();
    verdict.dataset.sent = "1";
  });
  addEventListener("pageshow", () => {
    if (verdict) delete verdict.dataset.sent;
  });
  show();
}
