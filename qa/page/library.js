// The articles page: browse, search, read, add and withdraw.

import { getJson, Problem } from "./api.js";
import { drawIcons } from "./icons.js";
import { askForKey, forgetKeyButton } from "./key.js";
import { ArticleList } from "./library_list.js";
import { ArticleReader } from "./library_reader.js";
import { Uploads } from "./library_upload.js";
import { confirmWithdrawal } from "./library_withdraw.js";
import { announce, button, element, fill, outlet } from "./text.js";

const TYPING_MS = 250; // a pause in typing after which is searched
const AGAIN_MS = 3000; // until an index that is being opened is asked again

const at = (id) => document.getElementById(id);
const search = at("search");
const source = at("source");
const list = new ArticleList(
  { list: at("list"), total: at("total"), more: at("more") },
  { onOpen: openArticle, onWithdraw: withdraw },
);
const reader = new ArticleReader(at("reader"), [at("main"), at("top")], {
  onOpen: openArticle,
  onClosed: () => keepAddress({}),
  onWithdraw: withdraw,
});
const uploads = new Uploads(at("uploads"), { onOpen: openArticle, onAdded: refresh });
let typing = 0;
let again = 0;

/* What the address says */

function placeInAddress() {
  const asked = new URLSearchParams(location.search);
  const articleId = asked.get("article");
  if (!articleId) return null;
  return { articleId, start: offset(asked.get("start")), end: offset(asked.get("end")) };
}

function offset(text) {
  return /^\d{1,9}$/.test(text ?? "") ? Number(text) : null;
}

/** Let the address name what is shown: a reload or a link shows the same. */
function keepAddress({ articleId = null, start = null, end = null }, isNew = false) {
  const shown = new URLSearchParams();
  if (search.value.trim()) shown.set("query", search.value.trim());
  if (source.value !== "all") shown.set("source", source.value.slice(1));
  if (articleId) shown.set("article", articleId);
  if (articleId && start !== null && end !== null) {
    shown.set("start", start);
    shown.set("end", end);
  }
  const address = `/library${shown.size ? `?${shown}` : ""}`;
  if (address === location.pathname + location.search) return;
  history[isNew ? "pushState" : "replaceState"](null, "", address);
}

function readAddress() {
  const asked = new URLSearchParams(location.search);
  search.value = asked.get("query") ?? "";
  if (asked.has("source")) chooseSource(`=${asked.get("source")}`, asked.get("source"));
  else source.value = "all";
}

/* Articles */

async function openArticle(place, opener) {
  keepAddress(place, true);
  await reader.open(place, opener);
}

async function withdraw(article, opener) {
  if (!(await confirmWithdrawal(article, opener))) return;
  if (reader.shows(article.id)) reader.close();
  list.remove(article.id);
  announce(`Withdrawn: ${article.title || "untitled article"}`);
  await loadSources();
}

async function showList() {
  clearTimeout(typing);
  clearTimeout(again);
  const wanted = { query: search.value.trim() };
  if (source.value !== "all") wanted.source = source.value.slice(1);
  const failure = await list.show(wanted);
  if (failure) tellFailure(failure);
  else at("state").hidden = true;
}

function tellFailure(problem) {
  const isWaiting = problem.errorCode === "NOT_READY" || problem.status === 0;
  if (isWaiting) again = setTimeout(refresh, AGAIN_MS);
  const retry = button("Try again", { class: "button", on: { click: refresh } });
  const words = problem.status ? problem.detail : `${problem.detail} It is tried again.`;
  tell(words, isWaiting ? null : retry);
}

function tell(words, action) {
  const text = element("span", { role: "status", text: words });
  fill(at("state"), element("div", { class: "notice warn" }, text, action));
  at("state").hidden = false;
}

/** The outlets as options: the value is "=" and the name, so that no name can mean all. */
async function loadSources() {
  let items;
  try {
    ({ items } = await getJson("/sources"));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return; // the list is asked for as well, and says what is wrong
  }
  const chosen = source.value;
  const options = items.map((one) =>
    element("option", {
      value: `=${one.source ?? ""}`,
      text: `${outlet(one.source)} (${one.articles.toLocaleString("en-GB")})`,
    }),
  );
  const all = items.reduce((sum, one) => sum + one.articles, 0);
  const words = `All outlets (${all.toLocaleString("en-GB")})`;
  const every = element("option", { value: "all", text: words });
  fill(source, every, options);
  chooseSource(chosen, chosen.slice(1));
}

function chooseSource(value, name) {
  source.value = value;
  if (source.value === value) return;
  source.append(element("option", { value, text: outlet(name) }));
  source.value = value;
}

async function refresh() {
  fill(at("key-place"), forgetKeyButton());
  await Promise.all([loadSources(), showList()]);
}

/* Dropping files */

function watchDrops() {
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0; // of elements that the files are over
  document.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth += 1;
    at("drop").hidden = false;
  });
  document.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  document.addEventListener("dragleave", (event) => {
    if (!carriesFiles(event)) return;
    depth = Math.max(0, depth - 1);
    at("drop").hidden = depth === 0;
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault(); // the browser would leave the page and show the file
    depth = 0;
    at("drop").hidden = true;
    uploads.add([...event.dataTransfer.files]);
  });
}

function onPageKey(event) {
  const isTyping = event.target.closest?.("input, textarea, select, dialog, [contenteditable]");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (at("main").inert) return;
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    reader.close();
  }
}

async function openFromAddress() {
  readAddress();
  const place = placeInAddress();
  if (place) await reader.open(place, null);
  else reader.close();
}

function start() {
  drawIcons();
  readAddress();
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(showList, TYPING_MS);
    keepAddress(reader.place ?? {});
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) showList();
  });
  source.addEventListener("change", () => {
    keepAddress(reader.place ?? {});
    showList();
  });
  at("add").addEventListener("click", () => at("files").click());
  at("files").addEventListener("change", () => {
    uploads.add([...at("files").files]);
    at("files").value = ""; // so that the same file can be chosen again
  });
  document.addEventListener("keydown", onPageKey);
  window.addEventListener("popstate", async () => {
    await Promise.all([openFromAddress(), showList()]);
  });
  watchDrops();
  askForKey(
    () => {
      refresh();
      openFromAddress();
    },
    (askAgain) => {
      const enter = button("Enter the key", { class: "button", on: { click: askAgain } });
      tell("This service answers only with an API key.", enter);
    },
  );
  refresh();
  if (placeInAddress()) openFromAddress();
}

start();
