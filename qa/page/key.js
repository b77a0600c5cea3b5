// Asking for the API key where the service needs one.

import { forgetKey, keepKey, readKey } from "./api.js";
import { button, element } from "./text.js";

let open = null;

/**
 * Ask whenever a request is refused for want of a key.
 *
 * `onKept` is called after one was given, `onLater(ask)` where none was: `ask()` asks again.
 */
export function askForKey(onKept, onLater = () => {}) {
  const ask = (hadOne) => {
    if (!open) showDialog(hadOne, onKept, () => onLater(() => ask(false)));
  };
  window.addEventListener("dateline:key-needed", (event) => ask(event.detail));
}

/** A button that forgets the key; null where none is kept. */
export function forgetKeyButton() {
  if (!readKey()) return null;
  return button("Forget the API key", {
    class: "button quiet",
    on: {
      click: () => {
        forgetKey();
        location.reload();
      },
    },
  });
}

function showDialog(hadOne, onKept, onLater) {
  const input = element("input", {
    id: "key",
    class: "field",
    type: "password",
    autocomplete: "off",
    spellcheck: "false",
    required: true,
    "aria-describedby": "key-note key-wrong",
  });
  const remember = element("input", { type: "checkbox", id: "key-remember" });
  const wrong = element("p", {
    id: "key-wrong",
    class: "wrong",
    role: "alert",
    text: hadOne ? "The service did not take this key." : "",
  });
  const later = button("Not now", { class: "button quiet", on: { click: () => dialog.close() } });
  const form = element(
    "form",
    { class: "stack", method: "dialog" },
    element("h2", { id: "key-title", text: "API key" }),
    element("p", {
      id: "key-note",
      class: "soft",
      text: "This service asks for a key. Whoever runs it can give you one.",
    }),
    element("label", { class: "labelled" }, "Key", input),
    element("label", { class: "tick" }, remember, "Remember on this device"),
    wrong,
    element(
      "div",
      { class: "row end" },
      later,
      element("button", { class: "button primary", type: "submit", text: "Go on" }),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const key = input.value.trim();
    // Headers carry printable ASCII alone.
    if (!/^[\x21-\x7e]+$/.test(key)) {
      wrong.textContent = "A key is made of letters, digits and marks, without spaces.";
      input.focus();
      return;
    }
    keepKey(key, remember.checked);
    dialog.close("kept");
  });
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": "key-title" }, form);
  dialog.addEventListener("close", () => {
    dialog.remove();
    open = null;
    if (dialog.returnValue === "kept") onKept();
    else onLater();
  });
  open = dialog;
  document.body.append(dialog);
  dialog.showModal();
}
