// Thumbs up or down on an answer, with a reason.

import { postJson, Problem } from "./api.js";
import { icon } from "./icons.js";
import { announce, button, element, fill } from "./text.js";

/** {buttons, form}: two buttons for the row of actions, and the place where the reason is asked. */
export function feedbackOn(answerId, isPositive = null) {
  const form = element("div", { class: "reason-form", hidden: true });
  const thumbs = [
    thumb("up", "Good answer", isPositive === true),
    thumb("down", "Not a good answer", isPositive === false),
  ];
  thumbs.forEach((one, place) => one.addEventListener("click", () => judge(place === 0)));

  async function judge(isGood) {
    await send(isGood, null, () => {
      thumbs[0].setAttribute("aria-pressed", String(isGood));
      thumbs[1].setAttribute("aria-pressed", String(!isGood));
      askReason(isGood);
    });
  }

  function askReason(isGood) {
    const reason = element("textarea", { class: "field", rows: 2, maxlength: 2000 });
    const sendReason = () =>
      send(isGood, reason.value.trim() || null, () => {
        close();
        thumbs[isGood ? 0 : 1].focus();
        announce("Thank you, your feedback is kept.");
      });
    const close = () => {
      form.hidden = true;
    };
    fill(
      form,
      element(
        "label",
        { class: "labelled" },
        isGood ? "Noted. What was good about it? (optional)" : "Noted. What was wrong? (optional)",
        reason,
      ),
      element(
        "div",
        { class: "row" },
        button("Close", { class: "button quiet compact", on: { click: close } }),
        button("Send the reason", { class: "button compact", on: { click: sendReason } }),
      ),
    );
    form.hidden = false;
    reason.focus();
  }

  async function send(isGood, reason, onKept) {
    try {
      await postJson("/feedback", { answer_id: answerId, is_positive: isGood, reason });
      onKept();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const words = `Your feedback was not kept. ${error.detail}`;
      fill(form, element("p", { class: "wrong", role: "alert", text: words }));
      form.hidden = false;
    }
  }

  return { buttons: thumbs, form };
}

function thumb(name, label, isPressed) {
  const properties = {
    class: "button quiet square",
    "aria-label": label,
    title: label,
    "aria-pressed": String(isPressed),
  };
  return element("button", { type: "button", ...properties }, icon(name));
}
