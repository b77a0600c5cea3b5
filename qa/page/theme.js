// Light or dark. A classic script in the head: it runs before anything is drawn, so that a chosen
// theme does not flash in the other one. A button with [data-theme-toggle] switches.
(() => {
  "use strict";
  const KEY = "dateline.theme";
  const root = document.documentElement;

  function stored() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  function isDark() {
    if (root.dataset.theme) return root.dataset.theme === "dark";
    return matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function label() {
    for (const toggle of document.querySelectorAll("[data-theme-toggle]")) {
      toggle.setAttribute("aria-label", isDark() ? "Switch to light" : "Switch to dark");
      toggle.title = toggle.getAttribute("aria-label");
    }
  }

  function toggle() {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem(KEY, root.dataset.theme);
    } catch {
      // Without storage the choice holds until the page is closed.
    }
    label();
  }

  const chosen = stored();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
  document.addEventListener("DOMContentLoaded", () => {
    for (const one of document.querySelectorAll("[data-theme-toggle]")) {
      one.addEventListener("click", toggle);
    }
    label();
  });
})();
