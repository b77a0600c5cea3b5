// The list of one's conversations: the service's, or where it cannot tell people apart the
// ones that this browser remembers.

import { getJson, Problem, remove } from "./api.js";
import { icon } from "./icons.js";
import { announce, button, element, fill } from "./text.js";

const REMEMBERED = "dateline.conversations";
const MOST_REMEMBERED = 200;
const PAGE = 50; // conversations asked for at once

/** Whether `id` is in the form of a conversation's id. */
export function isConversation(id) {
  return /^[A-Za-z0-9_-]{1,200}$/.test(id);
}

export class Conversations {
  /** `list`: the page's ul; `onOpen(id)`; `onDeleted(id)`. */
  constructor(list, { onOpen, onDeleted }) {
    this._list = list;
    this._onOpen = onOpen;
    this._onDeleted = onDeleted;
    this._isListed = true; // by the service
    this._items = [];
    this._cursor = null;
    this._open = null;
  }

  /** Read the list anew. A failure is told in its place. */
  async refresh() {
    try {
      const page = await getJson(`/conversations?limit=${PAGE}`);
      this._isListed = true;
      this._items = page.items;
      this._cursor = page.next_cursor;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.errorCode !== "CONVERSATIONS_NOT_LISTED") {
        const words = error.status === 401 ? "" : `They could not be read. ${error.detail}`;
        fill(this._list, words && element("li", { class: "soft small", text: words }));
        return;
      }
      this._isListed = false;
      this._items = remembered();
      this._cursor = null;
    }
    this._draw();
  }

  /** An answer was given in conversation `id`: it is the latest now. */
  async touch(id, title) {
    this._open = id;
    if (this._isListed) {
      await this.refresh();
      return;
    }
    const known = remembered().find((one) => one.id === id);
    const others = remembered().filter((one) => one.id !== id);
    remember([{ id, title: known?.title ?? title }, ...others]);
    this._items = remembered();
    this._draw();
  }

  /** Conversation `id` is no more. */
  forget(id) {
    remember(remembered().filter((one) => one.id !== id));
    this._items = this._items.filter((one) => one.id !== id);
    this._draw();
  }

  /** Show which one is open; null: none. */
  mark(id) {
    this._open = id;
    this._draw();
  }

  _draw() {
    const focused = this._list.contains(document.activeElement) ? document.activeElement : null;
    const showMore = { class: "button quiet compact", on: { click: () => this._more() } };
    fill(
      this._list,
      this._items.map((one) => this._row(one)),
      this._cursor && element("li", {}, button("Show more", showMore)),
      !this._items.length &&
        element("li", { class: "soft small", text: "What you ask will be listed here." }),
    );
    // Who walks the list by keyboard stays where they were, or next to it.
    if (focused) this._refocus(focused.dataset.id, focused.className);
  }

  _refocus(id, kind) {
    const buttons = [...this._list.querySelectorAll("button")];
    const same = buttons.find((one) => one.dataset.id === id && one.className === kind);
    (same ?? buttons[0])?.focus();
  }

  _row({ id, title }) {
    const isOpen = id === this._open;
    const opener = button("", {
      class: "conversation-open",
      "aria-current": isOpen ? "true" : null,
      title,
      data: { id },
      on: { click: () => this._onOpen(id) },
    });
    opener.append(element("span", { text: title }));
    const bin = element(
      "button",
      {
        type: "button",
        class: "button quiet square compact",
        "aria-label": `Delete conversation: ${title}`,
        data: { id },
        on: { click: () => this._confirm(id, title) },
      },
      icon("bin"),
    );
    return element("li", { class: isOpen ? "conversation is-open" : "conversation" }, opener, bin);
  }

  async _more() {
    const cursor = encodeURIComponent(this._cursor);
    try {
      const page = await getJson(`/conversations?limit=${PAGE}&cursor=${cursor}`);
      this._items = [...this._items, ...page.items];
      this._cursor = page.next_cursor;
      this._draw();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const words = `They could not be read. ${error.detail}`;
      this._list.append(element("li", { class: "wrong", role: "alert", text: words }));
    }
  }

  _confirm(id, title) {
    const wrong = element("p", { class: "wrong", role: "alert" });
    const cancel = button("Keep it", { class: "button", on: { click: () => dialog.close() } });
    const go = button("Delete", { class: "button danger" });
    go.addEventListener("click", async () => {
      try {
        await remove(`/conversations/${encodeURIComponent(id)}`);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        // What is gone already is as good as deleted.
        if (error.status !== 404) {
          wrong.textContent = `It was not deleted. ${error.detail}`;
          return;
        }
      }
      dialog.close(); // gives the focus back to the list, which is drawn anew then
      this.forget(id);
      announce("Conversation deleted");
      this._onDeleted(id);
    });
    const dialog = element(
      "dialog",
      { class: "dialog", "aria-labelledby": "delete-title" },
      element(
        "div",
        { class: "stack" },
        element("h2", { id: "delete-title", text: "Delete this conversation?" }),
        element("p", { class: "quote", text: title }),
        element("p", {
          class: "soft",
          text: "Its answers and your feedback on them are deleted with it.",
        }),
        wrong,
        element("div", { class: "row end" }, cancel, go),
      ),
    );
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }
}

function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(REMEMBERED) ?? "[]");
    return kept.filter((one) => isConversation(one?.id) && typeof one.title === "string");
  } catch {
    return []; // unreadable, or no storage: then nothing is remembered
  }
}

function remember(items) {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify(items.slice(0, MOST_REMEMBERED)));
  } catch {
    // Without storage the list is as long as the page is open.
  }
}
