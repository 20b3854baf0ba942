// Leave at once: what was answered is forgotten by the server too, and Back does not show the page again.
const button = document.querySelector("[data-exit]");
let presses = 0;
let last = 0;

function leave() {
  const form = button.form;
  const said = new FormData(form);
  document.body.replaceChildren();
  document.title = "";
  navigator.sendBeacon(form.action, said);
  location.replace(button.dataset.exit);
}

button.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

// Three times Shift within five seconds and nothing between, so that capital letters are no way out.
addEventListener("keydown", (event) => {
  if (event.key !== "Shift") presses = 0;
  if (event.key !== "Shift" || event.repeat) return;
  presses = event.timeStamp - last < 5000 ? presses + 1 : 1;
  last = event.timeStamp;
  if (presses >= 3) {
    leave();
  }
});

// A page kept by the browser is not shown again after one has left.
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    location.reload();
  }
});
