// Reading an article: its text as paragraphs, a cited passage marked, in a panel of the page.

import { getJson, Problem } from "./api.js";
import { icon } from "./icons.js";
import {
  announce,
  button,
  day,
  element,
  fill,
  outlet,
  sentence,
  slicePoints,
  unitsAt,
  webAddress,
} from "./text.js";

/** The address under which an article opens at a passage (offsets in code points). */
export function permanentLink(articleId, start = null, end = null) {
  const query = new URLSearchParams({ article: articleId });
  if (start !== null && end !== null) {
    query.set("start", start);
    query.set("end", end);
  }
  return `/library?${query}`;
}

/** A link to the article at its outlet, or null where it has no web address. */
export function originalLink(url) {
  const address = webAddress(url);
  if (!address) return null;
  return element(
    "a",
    { class: "quiet-link", href: address.href, target: "_blank", rel: "noopener noreferrer" },
    icon("out"),
    `Original at ${address.hostname}`,
    element("span", { class: "hidden-words", text: " (opens in a new tab)" }),
  );
}

/**
 * Where a citation's words stand in an article as it is now, in code points, or null.
 *
 * An article can have changed after it was cited: then its offsets point elsewhere, and the words
 * of the quote are looked for.
 */
export function findPassage(text, { start, end, quote }) {
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end <= start) return null;
  const there = slicePoints(text, start, end);
  if (there !== "" && (!quote || there === quote)) return { start, end };
  const found = quote ? text.indexOf(quote) : -1;
  if (found < 0) return null;
  const first = [...text.slice(0, found)].length;
  return { start: first, end: first + [...quote].length };
}

/** The text as paragraphs, `passage` (code points, or null) marked: {body, mark} (mark or null). */
export function articleBody(text, passage) {
  const from = passage ? unitsAt(text, passage.start) : -1;
  const to = passage ? unitsAt(text, passage.end) : -1;
  const body = element("div", { class: "article-text" });
  let mark = null;
  for (const { start, end } of paragraphs(text)) {
    const [first, last] = [Math.max(start, from), Math.min(end, to)];
    const paragraph = element("p");
    if (first < last) {
      const marked = element("mark", { text: text.slice(first, last) });
      paragraph.append(text.slice(start, first), marked, text.slice(last, end));
      mark ??= marked;
    } else {
      paragraph.append(text.slice(start, end));
    }
    body.append(paragraph);
  }
  if (mark) mark.tabIndex = -1;
  return { body, mark };
}

function* paragraphs(text) {
  let start = 0;
  for (const gap of text.matchAll(/\n\s*\n/g)) {
    if (gap.index > start) yield { start, end: gap.index };
    start = gap.index + gap[0].length;
  }
  if (start < text.length) yield { start, end: text.length };
}

// A whole article: {node, mark, title}. `place` ({start, end, quote}) names the passage to mark.
function articleView(article, place) {
  const passage = findPassage(article.text, place);
  const { body, mark } = articleBody(article.text, passage);
  const words = article.title || "Untitled";
  const title = element("h2", { class: "article-title", tabindex: -1, text: words });
  const facts = [outlet(article.source), day(article.published) || "no date", ...article.authors];
  const changed = article.updated ? ` · updated ${day(article.updated)}` : "";
  const links = element(
    "p",
    { class: "article-links" },
    originalLink(article.url),
    element(
      "a",
      { class: "quiet-link", href: permanentLink(article.id, passage?.start, passage?.end) },
      icon("link"),
      "Permanent link",
    ),
  );
  const lost = !passage && Number.isInteger(place.start);
  const node = element(
    "article",
    { class: "article" },
    title,
    element("p", { class: "article-facts", text: facts.join(" · ") + changed }),
    links,
    lost &&
      element("p", {
        class: "notice",
        text: "This article has changed since it was cited, and the passage is no longer in it.",
      }),
    body,
  );
  return { node, mark, title };
}

/** The panel beside the page (over it, on a phone) in which articles open. */
export class Reader {
  /** `panel`: the empty aside; `others`: what cannot be reached while it covers the page. */
  constructor(panel, others = []) {
    this._panel = panel;
    this._others = others;
    this._narrow = matchMedia("(max-width: 60rem)");
    this._opener = null;
    this._loading = null;
    this._narrow.addEventListener("change", () => this._shield());
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.stopPropagation();
        this.close();
      }
    });
  }

  get isOpen() {
    return !this._panel.hidden;
  }

  /**
   * Show an article at a passage: `place` is {articleId, start, end, quote}.
   *
   * `opener` gets the focus back when the panel closes.
   */
  async open(place, opener = document.activeElement) {
    this._loading?.abort();
    const loading = (this._loading = new AbortController());
    if (!this._panel.contains(opener)) this._opener = opener;
    this._show(element("p", { class: "notice", role: "status", text: "Opening the article…" }));
    this._panel.querySelector("button").focus();
    try {
      const path = `/articles/${encodeURIComponent(place.articleId)}`;
      const article = await getJson(path, { signal: loading.signal });
      this._showArticle(article, place);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!(error instanceof Problem)) throw error;
      this._showProblem(error, place);
    }
  }

  close() {
    if (!this.isOpen) return;
    this._loading?.abort();
    this._panel.hidden = true;
    this._shield();
    document.body.classList.remove("has-reader");
    if (this._opener?.isConnected) this._opener.focus();
    this._opener = null;
  }

  _show(...children) {
    const close = button("Close", {
      class: "button quiet reader-close",
      on: { click: () => this.close() },
    }, icon("close"));
    fill(
      this._panel,
      element("div", { class: "reader-bar" }, element("span", { text: "Article" }), close),
      element("div", { class: "reader-scroll", tabindex: -1 }, ...children),
    );
    this._panel.hidden = false;
    document.body.classList.add("has-reader");
    this._shield();
  }

  _showArticle(article, place) {
    const { node, mark, title } = articleView(article, place);
    this._show(node);
    this._panel.setAttribute("aria-label", `Article: ${article.title || "untitled"}`);
    (mark ?? title).focus({ preventScroll: true });
    (mark ?? title).scrollIntoView({ block: mark ? "center" : "start" });
    announce(mark ? `Article opened at the cited passage: ${article.title}` : article.title);
  }

  _showProblem(error, place) {
    const isGone = error.status === 404;
    const words = isGone
      ? "This article was withdrawn. It can no longer be read here, and new answers do not cite it."
      : `The article could not be opened. ${sentence(error.detail)}`;
    const again = button("Try again", {
      class: "button",
      on: { click: () => this.open(place, this._opener) },
    });
    this._show(
      element("p", { class: "notice", role: "alert", text: words }),
      isGone && place.quote && element("blockquote", { class: "quote", text: place.quote }),
      !isGone && again,
    );
    this._panel.querySelector("button").focus();
  }

  // Over the whole page, nothing behind the panel may take the focus.
  _shield() {
    const isCovering = this.isOpen && this._narrow.matches;
    for (const other of this._others) other.inert = isCovering;
  }
}
