// Runs before anything is painted: the reader's choice of light or dark, kept on this device.
(() => {
  const root = document.documentElement;
  const CHOICES = ["system", "light", "dark"];
  root.classList.add("scripted");

  const kept = () => {
    try {
      const choice = localStorage.getItem("theme");
      return CHOICES.includes(choice) ? choice : "system";
    } catch {
      return "system"; // storage may be closed to us
    }
  };

  const keep = (choice) => {
    try {
      localStorage.setItem("theme", choice);
    } catch {
      // then it lasts for this page
    }
  };

  let choice = kept();
  const apply = () => {
    if (choice === "system") delete root.dataset.theme;
    else root.dataset.theme = choice;
    document.dispatchEvent(new Event("themechange"));
  };
  apply();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    document.dispatchEvent(new Event("themechange"));
  });

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-switch]");
    if (!button) return;
    const words = JSON.parse(button.dataset.words);
    const say = () => {
      button.dataset.chosen = choice;
      button.querySelector("[data-theme-word]").textContent = words[choice];
      button.title = words[choice];
    };
    button.addEventListener("click", () => {
      choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
      keep(choice);
      apply();
      say();
    });
    say();
    button.hidden = false;
    document.querySelector("[data-summary]")?.focus();
  });
})();
