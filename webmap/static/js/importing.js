// The import's pages with scripts: a file that is too large is told of before it is sent, and a job says
// how far it has come without the page being loaded again.
const LOOK_EVERY_MS = 1000;

const upload = document.querySelector("[data-upload]");
if (upload) {
  const field = upload.querySelector("input[type=file]");
  const said = document.getElementById("file-problem");
  const tooLarge = () => {
    const [file] = field.files;
    const isTooLarge = Boolean(file) && file.size > Number(upload.dataset.mostBytes);
    if (isTooLarge) {
      const line = document.createElement("p");
      line.className = "msg-err";
      line.setAttribute("role", "alert");
      line.textContent = upload.dataset.tooLarge;
      said.replaceChildren(line);
    } else {
      said.replaceChildren();
    }
    field.toggleAttribute("aria-invalid", isTooLarge);
    return isTooLarge;
  };
  field.addEventListener("change", tooLarge);
  upload.addEventListener("submit", (event) => {
    if (tooLarge()) {
      event.preventDefault();
      field.focus();
      return;
    }
    const button = upload.querySelector("button[type=submit]");
    button.textContent = upload.dataset.sending;
    button.setAttribute("aria-disabled", "true");
  });
}

const preview = document.querySelector("[data-preview]");
preview?.addEventListener("change", () => {
  preview.querySelector("[data-stale]").hidden = false;
});

const job = document.querySelector("[data-job]");
if (job) {
  const show = (said) => {
    for (const place of job.querySelectorAll("[data-said]")) {
      const words = String(said[place.dataset.said] || (place.dataset.said === "percent" ? 0 : "–"));
      if (place.textContent !== words) place.textContent = words;
    }
    job.querySelector("progress").value = said.percent;
  };
  const look = async () => {
    try {
      const answer = await fetch(job.dataset.job, { headers: { Accept: "application/json" } });
      if (answer.redirected || !answer.ok) return location.reload();
      const said = await answer.json();
      if (said.is_over) return location.reload();
      show(said);
    } catch {
      // the connection is away for a moment: the job goes on without us
    }
    setTimeout(look, LOOK_EVERY_MS);
  };
  setTimeout(look, LOOK_EVERY_MS);
}
