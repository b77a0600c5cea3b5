// Questions to begin with: ones that the articles there are can answer.

import { getJson } from "./api.js";
import { button, element, fill } from "./text.js";

const SAMPLE_OUTLETS = ["Northern Ledger", "Tigris Wire"];
const OF_THE_SAMPLE = [
  "Who claimed the Erbil attack?",
  "How many people were killed in the Erbil attack?",
  "Who denied taking part in the attacks?",
];
const LONGEST_TITLE = 90; // characters

/** Fill `list` with example questions for the articles of `sources`, the answer of GET /sources. */
export async function showExamples(list, sources, onChosen) {
  const names = sources.map((one) => one.source);
  const isSample = SAMPLE_OUTLETS.every((one) => names.includes(one));
  const questions = isSample ? OF_THE_SAMPLE : await fromTitles();
  fill(
    list,
    questions.map((one) =>
      element("li", {}, button(one, { class: "button", on: { click: () => onChosen(one) } })),
    ),
  );
}

async function fromTitles() {
  const { items } = await getJson("/articles?limit=50");
  const dated = items.filter((one) => one.title && one.title.length <= LONGEST_TITLE);
  dated.sort((one, other) => (other.published ?? "").localeCompare(one.published ?? ""));
  const titles = [...new Set(dated.map((one) => one.title))];
  return titles.slice(0, 3).map((title) => `What is known about “${title}”?`);
}
