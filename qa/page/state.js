// The state of the index, in a few words, and what stands in the way of asking.

import { getJson, Problem } from "./api.js";
import { button, count, element, fill } from "./text.js";

const AGAIN_MS = 3000;

/** Shows and watches whether questions can be answered. */
export class IndexState {
  /**
   * `words`: where the number of articles stands; `notice`: where what is wrong stands;
   * `onReady()` is called when the index has become ready after it was not.
   */
  constructor(words, notice, onReady) {
    this._words = words;
    this._notice = notice;
    this._onReady = onReady;
    this._wasReady = true;
    this._timer = 0;
    this._needsKey = false;
  }

  /** Look now, and again until the index is ready. */
  async look() {
    clearTimeout(this._timer);
    let state;
    try {
      state = await getJson("/health/ready");
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this._words.textContent = "Not ready";
      this._tell(error.status ? error.detail : `${error.detail} It is tried again.`, "warn");
      this._wasReady = false;
      this._timer = setTimeout(() => this.look(), AGAIN_MS);
      return;
    }
    this._words.textContent = count(state.articles, "article");
    if (state.articles === 0) {
      const add = element("a", { class: "button", href: "/library", text: "Add articles" });
      this._tell("There are no articles yet. Add some, and ask about them.", "", add);
    } else if (!this._needsKey) {
      this._notice.hidden = true;
    }
    if (!this._wasReady) this._onReady();
    this._wasReady = true;
  }

  /** The key is missing; `onEnter` asks for it. */
  wantKey(onEnter) {
    this._needsKey = true;
    const enter = button("Enter the key", { class: "button", on: { click: onEnter } });
    this._tell("This service answers only with an API key.", "warn", enter);
  }

  hasKey() {
    this._needsKey = false;
    this._notice.hidden = true;
  }

  _tell(words, kind, action = null) {
    const text = element("span", { role: "status", text: words });
    fill(this._notice, element("div", { class: `notice ${kind}` }, text, action));
    this._notice.hidden = false;
  }
}
