// The few icons, drawn as lines of 24 x 24 units. They say nothing that a label does not.

const DRAWN = {
  plus: ["M12 5v14M5 12h14"],
  close: ["M6 6l12 12M18 6L6 18"],
  menu: ["M4 7h16M4 12h16M4 17h16"],
  send: ["M12 19V5M6 11l6-6 6 6"],
  stop: ["M7 7h10v10H7z"],
  filter: ["M4 7h16M7 12h10M10 17h4"],
  up: [
    "M7 11v9H4v-9z",
    "M7 11l4-8c1.7 0 2.5 1.2 2.2 2.7L12.7 9H19l-1.7 9.5c-.2 1-.9 1.5-1.8 1.5H7",
  ],
  down: [
    "M17 13V4h3v9z",
    "M17 13l-4 8c-1.7 0-2.5-1.2-2.2-2.7l.5-3.3H5l1.7-9.5c.2-1 .9-1.5 1.8-1.5H17",
  ],
  copy: ["M9 9h11v11H9z", "M5 15H4V4h11v1"],
  bin: ["M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13"],
  out: ["M14 4h6v6M20 4l-9 9M18 14v6H4V6h6"],
  link: [
    "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1",
    "M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  ],
  library: ["M5 4h14v16H5zM9 8h6M9 12h6M9 16h3"],
};
const SVG = "http://www.w3.org/2000/svg";

/** An icon, hidden from screen readers. */
export function icon(name) {
  const drawn = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" };
  for (const [key, value] of Object.entries(attributes)) drawn.setAttribute(key, value);
  for (const line of DRAWN[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    drawn.append(path);
  }
  return drawn;
}

/** Draw the icons of a page's own elements: <span data-icon="name">. */
export function drawIcons(root = document) {
  for (const place of root.querySelectorAll("[data-icon]")) {
    place.replaceChildren(icon(place.dataset.icon));
  }
}
