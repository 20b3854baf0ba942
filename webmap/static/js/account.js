// The codes that are shown once can be printed.
document.querySelector("[data-print]")?.addEventListener("click", () => print());
