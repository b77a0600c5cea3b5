// The panel in which an article opens on the articles page: with its copies, and to withdraw it.

import { icon } from "./icons.js";
import { copiesList } from "./library_list.js";
import { Reader } from "./reader.js";
import { button, count, element } from "./text.js";

export class ArticleReader extends Reader {
  /** `actions`: {onOpen(place, opener), onClosed(), onWithdraw(article, opener)}. */
  constructor(panel, others, actions) {
    super(panel, others);
    this._actions = actions;
    /** What is shown: {articleId, start, end}, or null. */
    this.place = null;
  }

  shows(articleId) {
    return this.isOpen && this.place?.articleId === articleId;
  }

  async open(place, opener) {
    this.place = place;
    await super.open(place, opener ?? undefined);
  }

  close() {
    if (!this.isOpen) return;
    this.place = null;
    super.close();
    this._actions.onClosed();
  }

  _showArticle(article, place) {
    super._showArticle(article, place);
    const bin = button("Withdraw", {
      class: "button",
      on: { click: () => this._actions.onWithdraw(article, bin) },
    }, icon("bin"));
    const copies = article.copies.length && element(
      "section",
      { class: "reader-part" },
      element("h3", { text: `${count(article.copies.length, "copy", "copies")} at other places` }),
      element("p", {
        class: "soft small",
        text: "Near-identical articles. Together they count as one source.",
      }),
      copiesList(article.copies, this._actions.onOpen),
    );
    const foot = element("div", { class: "reader-part" }, bin);
    this._panel.querySelector(".reader-scroll").append(copies || "", foot);
  }
}
