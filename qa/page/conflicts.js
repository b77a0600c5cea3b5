// Where sources do not say the same.

import { day, element, outlet } from "./text.js";

/** One conflict: what each position says, who says it and since when. `cite(number)`: a button. */
export function conflictView(conflict, citations, cite) {
  const isUpdate = conflict.kind === "update";
  return element(
    "section",
    { class: isUpdate ? "conflict is-update" : "conflict" },
    element("h3", { text: isUpdate ? "Later reports say more" : "The sources disagree" }),
    conflict.about && element("p", { class: "about", text: conflict.about }),
    element(
      "ul",
      { class: "positions" },
      conflict.positions.map((position) => positionView(position, citations, cite)),
    ),
  );
}

function positionView(position, citations, cite) {
  const cited = position.citations
    .map((number) => citations.find((one) => one.number === number))
    .filter(Boolean);
  const outlets = [...new Set(cited.map((one) => outlet(one.source)))];
  const since = day(position.published);
  const who = [outlets.join(", "), since && `first reported ${since}`].filter(Boolean).join(" · ");
  return element(
    "li",
    { class: "position" },
    element("span", { class: "value", text: position.value }),
    element("span", { class: "who" }, who, " ", cited.map((one) => cite(one))),
  );
}
