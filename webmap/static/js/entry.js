// Ctrl and Enter sends, and rows copied from a sheet are spread out over the form.
for (const form of document.querySelectorAll("[data-send-by-keys]")) {
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}

addEventListener("paste", (event) => {
  const field = event.target.closest?.("[data-row-place]");
  const lines = event.clipboardData?.getData("text/plain").trimEnd().split(/\r?\n/) ?? [];
  if (!field || lines.length < 2) {
    return;
  }
  event.preventDefault();
  const rows = [...document.querySelectorAll("[data-row]")];
  const first = rows.indexOf(field.closest("[data-row]"));
  lines.slice(0, rows.length - first).forEach((line, at) => {
    const [place, ...said] = line.split("\t");
    rows[first + at].querySelector("[data-row-place]").value = place.trim();
    rows[first + at].querySelector("[data-row-text]").value = said.join(" ").trim();
  });
});
