// An answer as plain text with its sources, and the way to the clipboard.

import { day, element, outlet, webAddress } from "./text.js";

/** The question, the answer with [n], and the numbered sources with outlet, date, url and quote. */
export function plainText(answer) {
  const lines = [answer.question, ""];
  if (answer.short_answer) lines.push(answer.short_answer.text, "");
  lines.push(answer.text);
  if (answer.citations.length) lines.push("", "Sources");
  for (const one of answer.citations) {
    const from = `[${one.number}] ${outlet(one.source)}, ${day(one.published) || "no date"}`;
    const parts = [from, one.title, `“${one.quote}”`, webAddress(one.url)?.href];
    lines.push(parts.filter(Boolean).join(". "));
  }
  return `${lines.join("\n")}\n`;
}

/** Whether `text` came to the clipboard. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(text); // no permission, or a page that was not served over https
  }
}

function copyOldWay(text) {
  const focused = document.activeElement;
  const properties = { class: "hidden-words", readonly: true, "aria-hidden": "true" };
  const area = element("textarea", properties);
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return isCopied;
}
