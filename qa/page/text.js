// Building the page out of text: nothing that comes from elsewhere is ever parsed as markup.

/**
 * An element with attributes, listeners and children; strings become text nodes.
 *
 * `properties`: `class`, `text`, `on` (listeners by event), `data` (data attributes), and any
 * other attribute by its name: true sets it empty, false, null and undefined leave it out.
 */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") made.className = value;
    else if (key === "text") made.textContent = value;
    else if (key === "on") listen(made, value);
    else if (key === "data") Object.assign(made.dataset, value);
    else if (/^(on|style$)/i.test(key)) throw new Error(`${key} is not set as an attribute`);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  append(made, children);
  return made;
}

function listen(node, listeners) {
  for (const [event, listener] of Object.entries(listeners)) node.addEventListener(event, listener);
}

function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** A button that does not submit. */
export function button(label, properties = {}, ...children) {
  return element("button", { type: "button", ...properties }, ...children, label);
}

/** Put `children` in the place of what `parent` holds. */
export function fill(parent, ...children) {
  parent.replaceChildren();
  append(parent, children);
}

/**
 * Where code point number `offset` of `text` stands in UTF-16 units; past the end: the length.
 *
 * Offsets of citations count Unicode code points, JavaScript's strings count UTF-16 units: they
 * differ behind each character beyond U+FFFF.
 */
export function unitsAt(text, offset) {
  let units = 0;
  for (let points = 0; points < offset && units < text.length; points += 1) {
    units += text.codePointAt(units) > 0xffff ? 2 : 1;
  }
  return units;
}

/** The characters of `text` between two offsets in code points. */
export function slicePoints(text, start, end) {
  return text.slice(unitsAt(text, start), unitsAt(text, end));
}

/** "2021-02-24" as "24 February 2021" (`isShort`: "24 Feb 2021"); "" for null. */
export function day(iso, isShort = false) {
  if (!iso) return "";
  const moment = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(moment.getTime())) return iso;
  const month = isShort ? "short" : "long";
  const shape = { day: "numeric", month, year: "numeric", timeZone: "UTC" };
  return moment.toLocaleDateString("en-GB", shape);
}

/** "1 article", "2 articles". */
export function count(number, noun, plural = `${noun}s`) {
  return `${number.toLocaleString("en-GB")} ${number === 1 ? noun : plural}`;
}

/** `words` with a full stop, where they end without any. */
export function sentence(words) {
  return /[.!?…]$/.test(words) ? words : `${words}.`;
}

/** The outlet's name, or words for none. */
export function outlet(source) {
  return source || "Outlet not named";
}

/** "Northern Ledger · 24 February 2021", with words for what the article does not tell. */
export function origin(article, isShort = false) {
  return `${outlet(article.source)} · ${day(article.published, isShort) || "no date"}`;
}

/** `url` where it is a whole http or https address, else null: nothing else is made a link. */
export function webAddress(url) {
  if (typeof url !== "string" || !URL.canParse(url)) return null;
  const parsed = new URL(url);
  return ["http:", "https:"].includes(parsed.protocol) ? parsed : null;
}

/** Tell screen readers something, once, in the page's `#announcer`. */
export function announce(words) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = words;
}
