// A question and what becomes of it: searching, an answer growing, the whole answer, or a failure.

import { spokenAnswer, surroundings } from "./answer.js";
import { fillCited } from "./citations.js";
import { filterWords } from "./filters.js";
import { announce, button, count, day, element, fill } from "./text.js";

let made = 0;

export class Turn {
  /** `quotes` and `reader`: of the page. */
  constructor(question, { quotes, reader }) {
    this._number = made += 1;
    this._question = question;
    this._quotes = quotes;
    this._reader = reader;
    this._text = "";
    this._citations = [];
    this._understood = element("p", { class: "understood", hidden: true });
    this._filters = element("p", { class: "turn-filters", hidden: true });
    this._progress = element("p", { class: "progress" });
    this._answer = element("p", { class: "answer-text", hidden: true });
    this._result = element("div", { class: "stack turn-result" });
    this.node = element(
      "section",
      { class: "turn", "aria-label": "Question and answer" },
      element("h2", { class: "asked", tabindex: -1, text: question }),
      this._understood,
      this._filters,
      this._result,
    );
  }

  /** Put the focus at the question. */
  focus() {
    this.node.querySelector(".asked").focus({ preventScroll: true });
  }

  searching() {
    this.node.setAttribute("aria-busy", "true");
    this._progress.textContent = "Searching the articles…";
    fill(this._result, this._progress, this._answer);
    announce("Searching the articles");
  }

  /** The passages were found, and are being read. */
  found(result) {
    this._showUnderstood(result.query);
    const articles = new Set(result.passages.map((one) => one.article_id)).size;
    this._progress.textContent = articles
      ? `Reading ${count(result.passages.length, "passage")} of ${count(articles, "article")}…`
      : "Nothing was found so far…";
  }

  wrote(delta) {
    this._text += delta;
    this._showText();
  }

  cited(citation) {
    this._citations.push(citation);
    this._showText();
  }

  /**
   * The whole answer. Of one that was given before: `withdrawn` and `isPositive`; `isAsOf`:
   * whether it was asked as of another day than the one it was asked on.
   */
  finish(answer, { withdrawn = [], isPositive = null, isAsOf = false, isSpoken = true } = {}) {
    const told = [this._text, this._citations];
    const hasChanged = JSON.stringify(told) !== JSON.stringify([answer.text, answer.citations]);
    this._text = answer.text;
    this._citations = answer.citations;
    if (!this._answer.isConnected) fill(this._result, this._answer);
    if (hasChanged) this._showText();
    this._answer.hidden = answer.status === "abstained";
    this._progress.remove();
    this._showUnderstood(answer.standalone_question);
    this._showFilters(answer, isAsOf);
    const { before, after } = surroundings(answer, {
      reader: this._reader,
      cite: (citation) => this._citeButton(citation),
      quoteId: (number) => this._quoteId(number),
      withdrawn,
      isPositive,
    });
    this._answer.before(...before);
    this._answer.after(...after);
    this.node.removeAttribute("aria-busy");
    if (isSpoken) announce(spokenAnswer(answer));
  }

  /** What went wrong, in words, and what can be done: [label, act] each. What was written stays. */
  fail(words, ways, kind = "bad") {
    this.node.removeAttribute("aria-busy");
    this._progress.remove();
    const properties = { class: `notice ${kind} failure`, role: kind === "bad" ? "alert" : null };
    const buttons = ways.map(([label, act]) =>
      button(label, { class: "button compact", on: { click: act } }),
    );
    if (this._failure) this._failure.remove();
    this._failure = element(
      "div",
      properties,
      element("span", { text: words }),
      element("span", { class: "row" }, buttons),
    );
    this._result.append(this._failure);
    if (kind !== "bad") announce(words);
  }

  /** Questions to go on with, as buttons. */
  suggest(questions, onChosen) {
    this.unsuggest();
    if (!questions.length) return;
    this._suggestions = element(
      "section",
      { class: "part", "aria-label": "Suggested questions" },
      element("h3", { text: "Ask next" }),
      element(
        "div",
        { class: "suggestions" },
        questions.map((one) =>
          button(one, { class: "button", on: { click: () => onChosen(one) } }),
        ),
      ),
    );
    this.node.append(this._suggestions);
  }

  unsuggest() {
    this._suggestions?.remove();
  }

  _showText() {
    this._answer.hidden = this._text === "";
    fillCited(this._answer, this._text, this._citations, (one) => this._citeButton(one));
  }

  _showUnderstood(standalone) {
    const isOther = standalone && standalone.trim() !== this._question.trim();
    this._understood.hidden = !isOther;
    this._understood.textContent = isOther ? `Understood as: ${standalone}` : "";
  }

  _showFilters(answer, isAsOf) {
    const asOf = isAsOf && `as of ${day(answer.as_of, true)}`;
    const words = [filterWords(answer), asOf].filter(Boolean).join(", ");
    this._filters.hidden = words === "";
    this._filters.textContent = words && `Searched ${words}`;
  }

  _citeButton(citation) {
    return this._quotes.citeButton(citation, this._quoteId(citation.number));
  }

  _quoteId(number) {
    return `quote-${this._number}-${number}`;
  }
}
