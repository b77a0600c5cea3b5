// Withdrawing an article: asked first, since it can't be undone here.

import { Problem, remove } from "./api.js";
import { button, element, origin } from "./text.js";

/**
 * Whether the person said yes and the article is withdrawn.
 *
 * `opener` gets the focus back if not.
 */
export function confirmWithdrawal(article, opener) {
  return new Promise((resolve) => {
    let isDone = false;
    const wrong = element("p", { class: "wrong", role: "alert" });
    const keep = button("Keep it", { class: "button", on: { click: () => dialog.close() } });
    const go = button("Withdraw", { class: "button danger", on: { click: run } });
    const dialog = element(
      "dialog",
      { class: "dialog", "aria-labelledby": "withdraw-title", "aria-describedby": "withdraw-note" },
      element(
        "div",
        { class: "stack" },
        element("h2", { id: "withdraw-title", text: "Withdraw this article?" }),
        element(
          "blockquote",
          { class: "quote" },
          element("p", { text: article.title || "Untitled" }),
          element("p", { class: "soft small", text: origin(article) }),
        ),
        element("p", {
          id: "withdraw-note",
          text: "It is found and cited no more. To bring it back, its file has to be added again.",
        }),
        wrong,
        element("div", { class: "row end" }, keep, go),
      ),
    );

    async function run() {
      go.disabled = true;
      wrong.textContent = "";
      try {
        await remove(`/articles/${encodeURIComponent(article.id)}`);
        isDone = true;
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        isDone = error.status === 404; // somebody else was quicker
        if (!isDone) wrong.textContent = `It was not withdrawn. ${error.detail}`;
      } finally {
        go.disabled = false;
      }
      if (isDone) dialog.close();
    }

    dialog.addEventListener("close", () => {
      dialog.remove();
      if (!isDone && opener?.isConnected) opener.focus();
      resolve(isDone);
    });
    document.body.append(dialog);
    dialog.showModal();
    keep.focus();
  });
}
