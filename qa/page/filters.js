// Which articles may answer, and as of which day: a panel of choices, and chips of what is active.

import { icon } from "./icons.js";
import { announce, button, count, day, element, fill } from "./text.js";

const MOST_SOURCES = 50; // as many as the service takes
const MANY_SOURCES = 12; // with more of them there is a field to find one

export class Filters {
  /** `panel`, `chips` and `toggle`: the page's elements. */
  constructor(panel, chips, toggle) {
    this._panel = panel;
    this._chips = chips;
    this._toggle = toggle;
    this._sources = new Set();
    this._dates = {
      from: dateField("filter-from", "Published from"),
      to: dateField("filter-to", "Published to"),
      asOf: dateField("filter-as-of", "Asked as of"),
    };
    this._wrong = element("p", { class: "wrong", role: "alert" });
    this._choices = element("div", { class: "source-choices" });
    this._find = element("input", {
      type: "search",
      class: "field",
      placeholder: "Find a source",
      "aria-label": "Find a source",
      hidden: true,
      on: { input: () => this._narrow() },
    });
    const fields = Object.values(this._dates);
    const bottom = [
      button("Clear all", { class: "button quiet compact", on: { click: () => this.clear() } }),
      button("Done", { class: "button compact", on: { click: () => this.close() } }),
    ];
    fill(
      panel,
      element(
        "fieldset",
        {},
        element("legend", { text: "Sources (none ticked: all)" }),
        this._find,
        this._choices,
      ),
      fields.map((one) => one.label),
      element(
        "div",
        { class: "wide-row" },
        element("p", {
          class: "soft small",
          text: "Articles without a date pass a filter on dates.",
        }),
        element("div", { class: "row" }, bottom),
      ),
      this._wrong,
    );
    for (const one of fields) one.input.addEventListener("change", () => this._changed());
    toggle.addEventListener("click", () => (panel.hidden ? this.open() : this.close()));
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  /** Let one choose among `sources`, the answer of GET /sources. */
  offer(sources) {
    const named = sources.filter((one) => one.source);
    this._find.hidden = named.length <= MANY_SOURCES;
    fill(
      this._choices,
      named.map((one) => this._choice(one)),
      !named.length && element("p", { class: "soft small", text: "No article names its outlet." }),
    );
  }

  _narrow() {
    const sought = this._find.value.trim().toLowerCase();
    for (const label of this._choices.children) {
      label.hidden = !label.textContent.toLowerCase().includes(sought);
    }
  }

  _choice({ source, articles }) {
    const tick = element("input", { type: "checkbox", value: source });
    tick.checked = this._sources.has(source);
    tick.addEventListener("change", () => {
      if (tick.checked) this._sources.add(source);
      else this._sources.delete(source);
      this._changed();
    });
    const number = element(
      "span",
      { class: "soft small", title: count(articles, "article") },
      String(articles),
      element("span", { class: "hidden-words", text: articles === 1 ? " article" : " articles" }),
    );
    return element("label", { class: "tick" }, tick, element("span", {}, source, " ", number));
  }

  open() {
    this._panel.hidden = false;
    this._toggle.setAttribute("aria-expanded", "true");
    this._panel.querySelector("input")?.focus();
  }

  close() {
    if (this._panel.hidden) return;
    this._panel.hidden = true;
    this._toggle.setAttribute("aria-expanded", "false");
    this._toggle.focus();
  }

  clear() {
    this._sources.clear();
    for (const tick of this._choices.querySelectorAll("input")) tick.checked = false;
    for (const { input } of Object.values(this._dates)) input.value = "";
    this._changed();
    announce("Filters cleared");
  }

  /** What goes with a question: {filters, as_of}, each only where set; null where it is wrong. */
  value() {
    if (!this._check()) {
      this.open();
      return null;
    }
    const [from, to, asOf] = ["from", "to", "asOf"].map((name) => this._dates[name].input.value);
    const filters = {};
    if (this._sources.size) filters.sources = [...this._sources];
    if (from) filters.published_from = from;
    if (to) filters.published_to = to;
    const value = {};
    if (Object.keys(filters).length) value.filters = filters;
    if (asOf) value.as_of = asOf;
    return value;
  }

  _check() {
    const { from, to } = this._dates;
    const isTurned = from.input.value && to.input.value && from.input.value > to.input.value;
    const tooMany = this._sources.size > MOST_SOURCES;
    from.input.setAttribute("aria-invalid", String(Boolean(isTurned)));
    this._wrong.textContent = isTurned
      ? "“Published from” is later than “Published to”."
      : tooMany
        ? `At most ${MOST_SOURCES} sources can be chosen.`
        : "";
    return !isTurned && !tooMany;
  }

  _changed() {
    this._check();
    const chips = [...this._sources].map((source) => this._sourceChip(source));
    const words = { from: "From", to: "Until", asOf: "As of" };
    for (const [name, { input }] of Object.entries(this._dates)) {
      if (!input.value) continue;
      const clear = () => {
        input.value = "";
      };
      chips.push(this._chip(`${words[name]} ${day(input.value, true)}`, clear));
    }
    fill(this._chips, chips);
  }

  _sourceChip(source) {
    return this._chip(source, () => {
      this._sources.delete(source);
      for (const tick of this._choices.querySelectorAll("input")) {
        if (tick.value === source) tick.checked = false;
      }
    });
  }

  _chip(words, clear) {
    const remove = () => {
      clear();
      this._changed();
      (this._chips.querySelector("button") ?? this._toggle).focus();
    };
    const properties = {
      type: "button",
      class: "chip",
      "aria-label": `Remove filter: ${words}`,
      on: { click: remove },
    };
    return element("li", {}, element("button", properties, words, icon("close")));
  }
}

function dateField(id, words) {
  const input = element("input", { type: "date", id, class: "field" });
  return { input, label: element("label", { class: "labelled" }, words, input) };
}

/** Applied filters of an answer in words, "" for none. */
export function filterWords(answer) {
  const applied = answer.applied_filters ?? {};
  const words = [];
  if (applied.sources?.length) words.push(`in ${applied.sources.join(", ")}`);
  if (applied.published_from) words.push(`from ${day(applied.published_from, true)}`);
  if (applied.published_to) words.push(`until ${day(applied.published_to, true)}`);
  return words.join(", ");
}
