// Citation numbers: buttons in the text that show the quote, and open the article where it stands.

import { announce, button, element, fill, origin, unitsAt } from "./text.js";

const APPROACH_MS = 120; // a pointer that only passes over a number shows nothing
const LEAVE_MS = 260; // time to reach the popover from its number

export const VERDICTS = {
  verbatim: "Word for word",
  supported: "Supported",
  unsupported: "Not supported",
};

/** What the reader needs to open a citation, a passage or a short answer. */
export function placeOf(cited) {
  return {
    articleId: cited.article_id,
    start: cited.start,
    end: cited.end,
    quote: cited.quote ?? cited.text,
  };
}

/**
 * Put an answer's text into `parent`, its citations' numbers as buttons.
 *
 * Only the number behind the words that a citation proves is its button: an article may have
 * "[1]" in its own words. `make(citation)` makes the button.
 */
export function fillCited(parent, text, citations, make) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const number = focused?.dataset.number;
  const marks = [];
  for (const citation of citations) {
    const shown = `[${citation.number}]`;
    const at = text.indexOf(shown, unitsAt(text, citation.answer_end));
    if (at >= 0) marks.push({ at, end: at + shown.length, citation });
  }
  marks.sort((one, other) => one.at - other.at);
  const parts = [];
  let told = 0;
  for (const { at, end, citation } of marks) {
    if (at < told) continue; // two citations of one number: one button
    parts.push(text.slice(told, at), make(citation));
    told = end;
  }
  fill(parent, parts, text.slice(told));
  if (number) parent.querySelector(`[data-number="${CSS.escape(number)}"]`)?.focus();
}

/** The popover with a citation's quote; one for the page. */
export class Quotes {
  constructor(reader) {
    this._reader = reader;
    this._box = element("div", { class: "popover", hidden: true, id: "quote-popover" });
    this._button = null;
    this._timer = 0;
    this._box.addEventListener("pointerenter", () => this._stay());
    this._box.addEventListener("pointerleave", () => this._leave());
    this._box.addEventListener("focusout", (event) => {
      if (!this._box.contains(event.relatedTarget)) this.hide();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.isShown) return;
      event.stopImmediatePropagation();
      const back = this._box.contains(document.activeElement) ? this._button : null;
      this.hide();
      // The focus shows a quote: here it only returns.
      this._isReturning = true;
      back?.focus();
      this._isReturning = false;
    }, { capture: true });
    document.addEventListener("pointerdown", (event) => {
      if (this.isShown && !this._box.contains(event.target) && event.target !== this._button) {
        this.hide();
      }
    });
    document.addEventListener("scroll", () => this._place(), { capture: true, passive: true });
    window.addEventListener("resize", () => this._place());
    document.body.append(this._box);
  }

  get isShown() {
    return !this._box.hidden;
  }

  /** The button of a citation; `describedBy` is the id of the element that holds its quote. */
  citeButton(citation, describedBy) {
    const made = button(String(citation.number), {
      class: citation.verification === "unsupported" ? "cite is-unsupported" : "cite",
      "aria-label": `Citation ${citation.number}: ${origin(citation)}`,
      "aria-describedby": describedBy,
      data: { number: citation.number },
    });
    made.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") this._later(() => this.show(made, citation), APPROACH_MS);
    });
    made.addEventListener("pointerleave", () => this._leave());
    made.addEventListener("focus", () => {
      if (!this._isReturning && made.matches(":focus-visible")) this.show(made, citation);
    });
    made.addEventListener("blur", (event) => {
      if (this._button === made && !this._box.contains(event.relatedTarget)) this.hide();
    });
    // Not every browser's click tells what made it; one by keyboard has no count.
    let isTouched = false;
    made.addEventListener("pointerdown", ({ pointerType }) => {
      isTouched = pointerType === "touch";
    });
    made.addEventListener("click", (event) => {
      if (isTouched && event.detail > 0) {
        this.show(made, citation);
        announce(`${citation.quote} — ${origin(citation)}`);
      } else {
        this._open(made, citation);
      }
    });
    return made;
  }

  show(opener, citation) {
    clearTimeout(this._timer);
    if (!opener.isConnected) return;
    if (this._button !== opener) this.hide();
    this._button = opener;
    opener.dataset.shown = "";
    fill(
      this._box,
      element("p", { class: "origin", text: origin(citation) }),
      element("blockquote", { class: "quote", text: citation.quote }),
      element(
        "div",
        { class: "row" },
        verdict(citation),
        button("Read in the article", {
          class: "button compact",
          on: { click: () => this._open(opener, citation) },
        }),
      ),
    );
    this._box.hidden = false;
    this._place();
  }

  hide() {
    clearTimeout(this._timer);
    if (this._button) delete this._button.dataset.shown;
    this._button = null;
    this._box.hidden = true;
  }

  _open(opener, citation) {
    this.hide();
    this._reader.open(placeOf(citation), opener);
  }

  _stay() {
    clearTimeout(this._timer);
  }

  _leave() {
    this._later(() => {
      const isWithin = this._box.contains(document.activeElement);
      if (!isWithin && !this._button?.matches(":focus-visible")) this.hide();
    }, LEAVE_MS);
  }

  _later(act, milliseconds) {
    clearTimeout(this._timer);
    this._timer = setTimeout(act, milliseconds);
  }

  _place() {
    if (!this.isShown) return;
    const at = this._button.getBoundingClientRect();
    const isGone = !this._button.isConnected || at.bottom < 0 || at.top > innerHeight;
    if (isGone) {
      this.hide();
      return;
    }
    const box = this._box.getBoundingClientRect();
    const below = at.bottom + 6;
    const isBelow = below + box.height <= innerHeight - 8 || at.top - 6 < box.height;
    const top = isBelow ? Math.min(below, innerHeight - box.height - 8) : at.top - 6 - box.height;
    const left = Math.min(Math.max(at.left - 24, 12), innerWidth - box.width - 12);
    this._box.style.top = `${Math.max(top, 8)}px`;
    this._box.style.left = `${left}px`;
  }
}

/** The verdict on a citation as a badge. */
export function verdict(citation) {
  const kind = citation.verification === "unsupported" ? "badge bad" : "badge";
  const words = VERDICTS[citation.verification] ?? citation.verification;
  return element("span", { class: kind, text: words });
}
