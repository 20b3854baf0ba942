// Counts down what can still be undone, and goes when it cannot.
const SECOND_MS = 1000;

export function startToast(toast) {
  const left = toast.querySelector("[data-toast-left]");
  const said = toast.querySelector("[data-toast-said]");
  const end = performance.now() + Number(toast.dataset.seconds) * SECOND_MS;
  // Put there anew, so that it is read out: what is there when a page opens is not.
  const words = said.textContent;
  said.textContent = "";
  setTimeout(() => (said.textContent = words), SECOND_MS / 4);

  function tick() {
    const seconds = Math.ceil((end - performance.now()) / SECOND_MS);
    if (seconds <= 0) return leave();
    left.textContent = `, ${seconds} s`;
    setTimeout(tick, SECOND_MS / 4);
  }

  function leave() {
    const hadFocus = toast.contains(document.activeElement);
    toast.remove();
    if (hadFocus) document.getElementById("case")?.focus();
  }

  tick();
}
