// A whole answer: what it says in short, who says so, where sources differ, and the passages.

import { VERDICTS, placeOf, verdict } from "./citations.js";
import { conflictView } from "./conflicts.js";
import { copyText, plainText } from "./copy.js";
import { feedbackOn } from "./feedback.js";
import { icon } from "./icons.js";
import { announce, button, count, element, origin } from "./text.js";

const NEAREST = 3; // passages of an abstention that are shown at once

const WHY_NOT = {
  EMPTY_INDEX: "There are no articles yet, so there is nothing to answer from.",
  NO_RELEVANT_PASSAGES: "None of the articles is about this.",
  LOW_SUPPORT: "Some passages come near, but none of them answers this reliably.",
  OUT_OF_DATE_RANGE: "The articles do not cover the days that this asks about.",
  NOT_A_QUESTION: "This does not read as a question that articles could answer.",
};

// Why an answer abstains, in words.
function whyNot(answer) {
  return WHY_NOT[answer.abstain_reason] ?? "The articles do not answer this.";
}

/**
 * What stands around an answer's text: {before, after}, two lists of elements.
 *
 * `context`: {reader, cite(citation), quoteId(number), withdrawn, isPositive}.
 */
export function surroundings(answer, context) {
  const isAbstained = answer.status === "abstained";
  const before = isAbstained ? [abstention(answer)] : shortAnswers(answer, context);
  const after = [
    !isAbstained && facts(answer),
    ...answer.conflicts.map((one) => conflictView(one, answer.citations, context.cite)),
    sources(answer, context),
    passages(answer, context, isAbstained),
    ...actions(answer, context),
  ];
  return { before: before.filter(Boolean), after: after.filter(Boolean) };
}

/** The answer in words, for a screen reader: once, when it is complete. */
export function spokenAnswer(answer) {
  if (answer.status === "abstained") return `The articles do not say. ${whyNot(answer)}`;
  const short = answer.short_answer ? `${answer.short_answer.text}. ` : "";
  const cited = count(answer.independent_sources, "independent source");
  const differing = answer.conflicts.length ? "Sources differ. " : "";
  return `Answer: ${short}${answer.text} ${differing}${cited}.`;
}

function abstention(answer) {
  return element(
    "div",
    { class: "part" },
    element("p", { class: "abstention", text: "The articles do not say." }),
    element("p", { class: "soft", text: whyNot(answer) }),
  );
}

function shortAnswers(answer) {
  if (!answer.short_answer) return [];
  const also = answer.also.map((one) => one.text);
  return [
    element("p", { class: "short-answer", text: answer.short_answer.text }),
    also.length > 0 && element("p", { class: "also", text: `Also: ${also.join("; ")}` }),
  ];
}

function facts(answer) {
  const articles = new Set(answer.citations.map((one) => one.article_id)).size;
  const independent = answer.independent_sources;
  return element(
    "p",
    { class: "answer-facts" },
    answer.status === "partial" &&
      element("span", { class: "badge warn", text: "Answered in part" }),
    independent > 0 && element("span", { text: count(independent, "independent source") }),
    articles > 0 && element("span", { text: `${count(articles, "article")} cited` }),
    element("span", { text: `${Math.round(answer.confidence * 100)}% confidence` }),
  );
}

function sources(answer, context) {
  if (!answer.citations.length) return null;
  return element(
    "section",
    { class: "part" },
    element("h3", { text: "Sources" }),
    element(
      "ol",
      { class: "sources" },
      answer.citations.map((one) => sourceRow(one, context)),
    ),
  );
}

function sourceRow(citation, { reader, quoteId, withdrawn }) {
  const isWithdrawn = withdrawn.includes(citation.article_id);
  const row = button("", {
    class: isWithdrawn ? "source is-withdrawn" : "source",
    on: { click: () => reader.open(placeOf(citation), row) },
  });
  row.append(
    element("span", { class: "number", text: `${citation.number}` }),
    element("span", { class: "title", text: citation.title || "Untitled" }),
    isWithdrawn
      ? element("span", { class: "badge bad", text: "Withdrawn since" })
      : verdict(citation),
    element("span", { class: "origin", text: origin(citation) }),
  );
  // Hidden, but read out with the number in the text that it describes.
  const spoken = `${citation.quote} (${VERDICTS[citation.verification] ?? ""})`;
  const quote = element("span", { id: quoteId(citation.number), hidden: true, text: spoken });
  return element("li", {}, row, quote);
}

function passages(answer, { reader }, isAbstained) {
  if (!answer.passages.length) return null;
  if (!isAbstained) {
    return folded(`${count(answer.passages.length, "passage")} read`, answer.passages, reader);
  }
  const more = answer.passages.slice(NEAREST);
  return element(
    "section",
    { class: "part" },
    element("h3", { text: "The nearest passages" }),
    passageList(answer.passages.slice(0, NEAREST), reader),
    more.length > 0 && folded(`${count(more.length, "more passage")}`, more, reader),
  );
}

function folded(words, some, reader) {
  return element("details", {}, element("summary", { text: words }), passageList(some, reader));
}

function passageList(some, reader) {
  const items = some.map((one) => element("li", {}, passageCard(one, reader)));
  return element("ul", { class: "passages" }, items);
}

function passageCard(passage, reader) {
  const card = button("", {
    class: "passage",
    on: { click: () => reader.open(placeOf(passage), card) },
  });
  card.append(
    element("span", { class: "title", text: passage.title || "Untitled" }),
    element("span", { class: "origin", text: origin(passage) }),
    element("span", { class: "text", text: passage.text }),
  );
  return card;
}

function actions(answer, { isPositive }) {
  const { buttons, form } = feedbackOn(answer.id, isPositive);
  const copy = button("Copy with citations", { class: "button quiet" }, icon("copy"));
  copy.addEventListener("click", async () => {
    const isCopied = await copyText(plainText(answer));
    const words = isCopied ? "Copied" : "The browser did not let it be copied";
    copy.lastChild.textContent = words;
    announce(words);
    setTimeout(() => {
      copy.lastChild.textContent = "Copy with citations";
    }, 2500);
  });
  return [element("div", { class: "actions" }, copy, buttons), form];
}
