// The box in which questions are typed, with its buttons to ask and to stop.

/** The form of a question. */
export class AskBox {
  /** `form` holds #question, #send and #stop; `onAsk(text)`; `onStop()`. */
  constructor(form, { onAsk, onStop }) {
    this._form = form;
    this._area = form.querySelector("#question");
    this._send = form.querySelector("#send");
    this._stop = form.querySelector("#stop");
    this.last = ""; // the question that the up-arrow brings back
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      onAsk(this._area.value);
    });
    this._stop.addEventListener("click", onStop);
    this._area.addEventListener("keydown", (event) => this._onKey(event));
    this._area.addEventListener("input", () => this._fit());
  }

  get hasFocus() {
    return document.activeElement === this._area;
  }

  focus() {
    this._area.focus({ preventScroll: true });
  }

  /** `question` is asked now: it can be brought back, and the box is free for the next. */
  take(question) {
    this.last = question;
    this._fill("");
  }

  /** While an answer is made there is a button to stop it in the place of the one to ask. */
  showRunning(isRunning) {
    const hadFocus = document.activeElement === this._stop;
    this._send.hidden = isRunning;
    this._stop.hidden = !isRunning;
    if (hadFocus) this.focus();
  }

  _onKey(event) {
    if (event.isComposing) return; // Enter ends a word of an input method
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this._form.requestSubmit();
    } else if (event.key === "ArrowUp" && this._area.value === "" && this.last) {
      event.preventDefault();
      this._fill(this.last);
      this._area.setSelectionRange(this.last.length, this.last.length);
    }
  }

  _fill(text) {
    this._area.value = text;
    this._fit();
  }

  _fit() {
    this._area.style.height = "auto";
    this._area.style.height = `${this._area.scrollHeight}px`;
  }
}
