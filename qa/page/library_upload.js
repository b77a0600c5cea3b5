// Adding files: one after the other, with what was sent of each and what became of its articles.

import { readKey } from "./api.js";
import { icon } from "./icons.js";
import { announce, button, count, element, fill } from "./text.js";

const OUTCOMES = {
  added: "new",
  updated: "updated",
  unchanged: "there already",
  duplicate: "the same as another",
};
const LISTED = 100; // articles told of one by one

export class Uploads {
  /** `place`: the empty section; `actions`: {onOpen(place, opener), onAdded()}. */
  constructor(place, actions) {
    this._place = place;
    this._actions = actions;
    this._waiting = [];
    this._running = false;
  }

  /** Add `File`s; those before them come first. */
  add(files) {
    for (const file of files) {
      const one = new Upload(file, this._actions, {
        onAgain: () => this._queue(one),
        onGone: () => this._tidy(one),
      });
      this._place.append(one.node);
      this._queue(one);
    }
    this._place.hidden = !this._place.children.length;
    this._place.lastElementChild?.scrollIntoView({ block: "nearest" });
  }

  _queue(one) {
    this._waiting.push(one);
    this._run();
  }

  async _run() {
    if (this._running) return;
    this._running = true;
    try {
      while (this._waiting.length) {
        if (await this._waiting.shift().run()) this._actions.onAdded();
      }
    } finally {
      this._running = false;
    }
  }

  _tidy(one) {
    this._waiting = this._waiting.filter((other) => other !== one);
    one.node.remove();
    this._place.hidden = !this._place.children.length;
    document.getElementById("add").focus();
  }
}

/** One file on its way. */
class Upload {
  constructor(file, { onOpen }, { onAgain, onGone }) {
    this._file = file;
    this._onOpen = onOpen;
    this._onAgain = onAgain;
    this._request = null;
    this._isGone = false;
    const state = { class: "upload-state soft small", role: "status", text: "Waiting" };
    this._words = element("p", state);
    this._bar = element("progress", { max: 100, "aria-label": `${file.name}: sent` });
    this._told = element("div", { class: "upload-told" });
    const close = button("", {
      class: "button quiet square",
      "aria-label": `Cancel or dismiss: ${file.name}`,
      title: "Cancel or dismiss",
      on: {
        click: () => {
          this._isGone = true;
          this._request?.abort();
          onGone();
        },
      },
    }, icon("close"));
    this.node = element(
      "article",
      { class: "upload", "aria-label": file.name },
      element(
        "div",
        { class: "upload-head" },
        element("p", { class: "upload-name", text: file.name }),
        this._words,
        close,
      ),
      this._bar,
      this._told,
    );
    this._bar.value = 0;
  }

  /** Send it; resolves when it is over, to whether the index may have changed. */
  run() {
    if (this._isGone) return Promise.resolve(false);
    fill(this._told);
    this._bar.hidden = false;
    return new Promise((resolve) => {
      const request = (this._request = new XMLHttpRequest());
      request.open("POST", `/articles/upload?${new URLSearchParams({ name: this._file.name })}`);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      const key = readKey();
      if (key) request.setRequestHeader("Authorization", `Bearer ${key}`);
      request.upload.addEventListener("progress", (event) => this._sent(event));
      request.upload.addEventListener("load", () => this._indexing());
      request.addEventListener("load", () => resolve(this._answered(request, Boolean(key))));
      request.addEventListener("error", () => {
        const why = "the service can’t be reached, or takes no file so large.";
        this._failed(`The upload broke off: ${why}`);
        resolve(true);
      });
      request.addEventListener("abort", () => resolve(true));
      this._words.textContent = "Sending…";
      request.send(this._file);
    });
  }

  _sent({ loaded, total }) {
    const percent = total ? Math.floor((100 * loaded) / total) : 0;
    this._bar.value = percent;
    this._words.textContent = `Sending… ${percent} %`;
  }

  _indexing() {
    this._bar.removeAttribute("value"); // how long is not known
    this._bar.setAttribute("aria-label", `${this._file.name}: indexing`);
    this._words.textContent = "Indexing…";
  }

  _answered(request, hadKey) {
    const told = parsed(request.responseText);
    if (request.status === 200 && told?.added) {
      this._done(told);
      return told.added.length > 0;
    }
    if (request.status === 401) {
      window.dispatchEvent(new CustomEvent("dateline:key-needed", { detail: hadKey }));
    }
    this._failed(told?.detail ?? `The service answered with status ${request.status}.`);
    return request.status >= 500; // some of its articles may be in
  }

  _done({ added, rejected }) {
    this._bar.hidden = true;
    const numbers = new Map();
    for (const { outcome } of added) numbers.set(outcome, (numbers.get(outcome) ?? 0) + 1);
    const parts = [...numbers].map(([outcome, number]) => `${number} ${OUTCOMES[outcome]}`);
    if (rejected.length) parts.push(`${rejected.length} not taken`);
    const words = parts.length ? parts.join(", ") : "No articles in it";
    this._words.textContent = words;
    this.node.classList.toggle("is-bad", rejected.length > 0);
    announce(`${this._file.name}: ${words}`);
    const rows = [
      ...rejected.map((one) => this._rejectedRow(one)),
      ...added.map((one) => this._addedRow(one)),
    ];
    const more = rows.length - LISTED;
    const rest = `and ${more.toLocaleString("en-GB")} more`;
    const list = element(
      "ul",
      { class: "upload-list" },
      rows.slice(0, LISTED),
      more > 0 && element("li", { class: "soft small", text: rest }),
    );
    if (rows.length === 0) return;
    const summary = element("summary", { text: count(rows.length, "article") });
    const details = element("details", {}, summary, list);
    details.open = rows.length <= 5 || rejected.length > 0;
    fill(this._told, details);
  }

  _addedRow({ id, title, outcome }) {
    const open = button(title || "Untitled", {
      class: "copy-open",
      on: { click: () => this._onOpen({ articleId: id, start: null, end: null }, open) },
    });
    const badge = element("span", { class: "badge", text: OUTCOMES[outcome] ?? outcome });
    return element("li", {}, open, badge);
  }

  _rejectedRow({ origin, reason }) {
    return element(
      "li",
      {},
      element("span", { class: "badge bad", text: "not taken" }),
      element("span", { text: `${origin}: ${reason}` }),
    );
  }

  _failed(words) {
    this._bar.hidden = true;
    this._words.textContent = "Not added";
    this.node.classList.add("is-bad");
    const again = button("Try again", {
      class: "button compact",
      on: {
        click: () => {
          this.node.classList.remove("is-bad");
          this._words.textContent = "Waiting";
          fill(this._told);
          this._onAgain();
        },
      },
    });
    fill(this._told, element("p", { class: "wrong", role: "alert", text: words }), again);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // a proxy may have answered
  }
}
