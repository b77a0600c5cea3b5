// The list of articles: one row each, more on request, and which of them are copies.

import { getJson, Problem } from "./api.js";
import { icon } from "./icons.js";
import { permanentLink } from "./reader.js";
import { announce, button, count, element, fill, origin } from "./text.js";

const PAGE = 50; // articles asked for at once

/** The address of an outlet's or a search's articles. */
function address({ query, source }, more = {}) {
  const asked = new URLSearchParams({ limit: PAGE });
  if (query) asked.set("query", query);
  if (source !== undefined) asked.set("source", source);
  for (const [name, value] of Object.entries(more)) asked.set(name, value);
  return `/articles?${asked}`;
}

export class ArticleList {
  /** `places`: the elements {list, total, more}; `actions`: {onOpen(place, opener), onWithdraw}. */
  constructor(places, actions) {
    this._places = places;
    this._actions = actions;
    this._wanted = {};
    this._cursor = null;
    this._total = 0;
    this._loading = null;
    places.more.addEventListener("click", () => this._showMore());
  }

  /** Show what is wanted: {query, source}. Returns the `Problem` that was in the way, or null. */
  async show(wanted) {
    this._loading?.abort(); // an answer to what was typed before is never shown
    const loading = (this._loading = new AbortController());
    this._wanted = wanted;
    this._places.list.setAttribute("aria-busy", "true");
    try {
      const page = await getJson(address(wanted), { signal: loading.signal });
      fill(this._places.list, page.items.map((one) => this._row(one)));
      this._tellOf(page);
      announce(this._places.total.textContent);
      await this._addCopies(loading, {});
    } catch (error) {
      return this._failed(error);
    } finally {
      if (this._loading === loading) this._places.list.setAttribute("aria-busy", "false");
    }
    return null;
  }

  /** Take away the row of an article that was withdrawn, and its place among others' copies. */
  remove(id) {
    const rows = [...this._places.list.children];
    const place = rows.findIndex((row) => row.dataset.id === id);
    for (const row of rows) row.dispatchEvent(new CustomEvent("withdrawn", { detail: id }));
    if (place < 0) return;
    const isFocused = rows[place].contains(document.activeElement) || !this._hasFocus();
    rows[place].remove();
    this._total = Math.max(0, this._total - 1);
    this._tellTotal();
    if (!isFocused) return;
    const next = rows[place + 1] ?? rows[place - 1];
    (next?.querySelector("a") ?? document.getElementById("search")).focus();
  }

  _hasFocus() {
    return document.activeElement && document.activeElement !== document.body;
  }

  async _showMore() {
    const loading = (this._loading = new AbortController());
    const { list, more, total } = this._places;
    more.disabled = true;
    const cursor = this._cursor;
    try {
      const page = await getJson(address(this._wanted, { cursor }), { signal: loading.signal });
      const rows = page.items.map((one) => this._row(one));
      list.append(...rows);
      this._tellOf(page);
      announce(total.textContent);
      rows[0]?.querySelector("a").focus();
      await this._addCopies(loading, { cursor });
    } catch (error) {
      const problem = this._failed(error);
      if (problem) total.textContent = `More could not be shown. ${problem.detail}`;
    } finally {
      more.disabled = false;
    }
  }

  /** Looking for copies takes longer than the list: it comes after. */
  async _addCopies(loading, more) {
    if (!this._places.list.children.length) return;
    const asked = address(this._wanted, { ...more, with_copies: "true" });
    const { items } = await getJson(asked, { signal: loading.signal });
    const found = new Map(items.map((one) => [one.id, one.copies]));
    for (const row of this._places.list.children) {
      const copies = found.get(row.dataset.id);
      if (copies?.length && !row.querySelector(".copies")) addCopies(row, copies, this._actions);
    }
  }

  _failed(error) {
    if (error.name === "AbortError") return null;
    if (!(error instanceof Problem)) throw error;
    return error;
  }

  _tellOf(page) {
    this._cursor = page.next_cursor;
    this._total = page.total;
    this._places.more.hidden = !page.next_cursor;
    this._tellTotal();
  }

  _tellTotal() {
    const { list, total } = this._places;
    const shown = list.children.length;
    const { query, source } = this._wanted;
    if (!shown && query) total.textContent = "No article fits these words.";
    else if (!shown && source !== undefined) total.textContent = "No article of this outlet.";
    else if (!shown) total.textContent = "There are no articles yet. Add files to begin.";
    else if (query && shown >= PAGE) total.textContent = `The ${PAGE} articles that fit best`;
    else if (query) total.textContent = `${count(shown, "article")}, the best fit first`;
    else if (shown < this._total) {
      const all = count(this._total, "article");
      total.textContent = `${shown.toLocaleString("en-GB")} of ${all}, the latest first`;
    } else total.textContent = `${count(shown, "article")}, the latest first`;
  }

  _row(article) {
    const link = element("a", {
      class: "article-open",
      href: permanentLink(article.id),
      text: article.title || "Untitled",
      on: { click: (event) => this._open(event, article.id) },
    });
    const bin = button(
      "",
      {
        class: "button quiet square",
        "aria-label": `Withdraw: ${article.title || "untitled article"}`,
        title: "Withdraw",
        on: { click: () => this._actions.onWithdraw(article, bin) },
      },
      icon("bin"),
    );
    return element(
      "li",
      { class: "article-row", data: { id: article.id } },
      element(
        "div",
        { class: "article-told" },
        link,
        element("p", { class: "article-origin", text: origin(article, true) }),
      ),
      bin,
    );
  }

  _open(event, articleId) {
    // That opens a tab of its own.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this._actions.onOpen({ articleId, start: null, end: null }, event.currentTarget);
  }
}

/** The badge that unfolds which articles are copies of a row's; they are asked for then. */
function addCopies(row, ids, { onOpen }) {
  const left = new Set(ids);
  const badge = element("summary", { class: "badge-summary" });
  const place = element("div", { class: "copies-told" });
  const details = element("details", { class: "copies" }, badge, place);
  const label = () => {
    badge.textContent = count(left.size, "copy", "copies");
    details.hidden = left.size === 0;
  };
  label();
  let isAsked = false;
  details.addEventListener("toggle", async () => {
    if (!details.open || isAsked) return;
    isAsked = true;
    fill(place, element("p", { class: "soft small", text: "Looking…" }));
    try {
      const article = await getJson(`/articles/${encodeURIComponent(row.dataset.id)}`);
      fill(place, copiesList(article.copies, onOpen));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      isAsked = false;
      fill(place, element("p", { class: "wrong", role: "alert", text: error.detail }));
    }
  });
  row.addEventListener("withdrawn", ({ detail }) => {
    if (!left.delete(detail)) return;
    isAsked = false;
    details.open = false;
    label();
  });
  row.querySelector(".article-told").append(details);
}

/** Articles that are copies, each to be opened. */
export function copiesList(copies, onOpen) {
  return element(
    "ul",
    { class: "copies-list" },
    copies.map((copy) => {
      const open = button(copy.title || "Untitled", {
        class: "copy-open",
        on: { click: () => onOpen({ articleId: copy.id, start: null, end: null }, open) },
      });
      const from = element("span", { class: "soft small", text: origin(copy, true) });
      return element("li", {}, open, from);
    }),
  );
}
