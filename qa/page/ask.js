// The chat page: a question is typed, an answer appears, a conversation goes on.

import { getJson, Problem, request } from "./api.js";
import { AskBox } from "./box.js";
import { Quotes } from "./citations.js";
import { Conversations, isConversation } from "./conversations.js";
import { showExamples } from "./examples.js";
import { Filters } from "./filters.js";
import { drawIcons } from "./icons.js";
import { askForKey, forgetKeyButton } from "./key.js";
import { Menu } from "./menu.js";
import { Reader } from "./reader.js";
import { IndexState } from "./state.js";
import { readAnswer } from "./stream.js";
import { announce, fill, sentence } from "./text.js";
import { Turn } from "./turn.js";

const at = (id) => document.getElementById(id);
const box = new AskBox(at("composer"), { onAsk: ask, onStop: () => running?.abort() });
const menu = new Menu({
  sidebar: at("sidebar"),
  opener: at("menu"),
  closer: at("menu-close"),
  main: at("main"),
});
const reader = new Reader(at("reader"), [at("main"), at("sidebar"), at("bar")]);
const quotes = new Quotes(reader);
const filters = new Filters(at("filters"), at("chips"), at("filter-toggle"));
const state = new IndexState(at("index-state"), at("state"), loadData);
const conversations = new Conversations(at("conversations"), {
  onOpen: (id) => openConversation(id, true),
  onDeleted: (id) => id === conversation && newConversation(),
});

let conversation = null; // id of the open one
let opening = Promise.resolve(); // until its turns are on the page
let running = null; // AbortController of the question under way
let suggesting = null; // AbortController of the suggestions being made
let lastTurn = null;

/* Asking */

async function ask(question) {
  const text = question.trim();
  const choice = filters.value();
  if (!text || !choice) return;
  await opening;
  running?.abort();
  const mine = (running = new AbortController());
  const turn = new Turn(text, { quotes, reader });
  turn.node.classList.add("is-new");
  addTurn(turn);
  box.take(text);
  // A pressed example or button is gone now; on a phone the box would bring up the keyboard.
  if (hasMouse()) box.focus();
  else if (!box.hasFocus) turn.focus();
  box.showRunning(true);
  turn.searching();
  const again = () => {
    turn.node.remove();
    ask(text);
  };
  try {
    const sent = { question: text, ...choice, stream: true };
    if (conversation) sent.conversation_id = conversation;
    const response = await request("POST", "/ask", {
      json: sent,
      headers: { Accept: "text/event-stream" },
      signal: mine.signal,
    });
    const answer = await readAnswer(response, {
      search_results: (result) => turn.found(result),
      message: ({ delta }) => turn.wrote(delta),
      citation: (citation) => turn.cited(citation),
    });
    if (running !== mine) return; // another conversation is open by now
    turn.finish(answer, { isAsOf: Boolean(choice.as_of) });
    ended(mine);
    await keep(answer, text, turn);
  } catch (error) {
    if (error.name === "AbortError") turn.fail("Stopped.", [["Ask again", again]], "");
    else if (error instanceof Problem) turn.fail(...failure(error, text, turn, again));
    else {
      turn.fail("Something is wrong with this page. Load it again.", []);
      throw error;
    }
  } finally {
    ended(mine);
  }
}

function ended(one) {
  if (running !== one) return;
  running = null;
  box.showRunning(false);
}

// What went wrong, and the ways out of it.
function failure(problem, text, turn, again) {
  const afresh = () => {
    newConversation();
    ask(text);
  };
  if (problem.errorCode === "CONVERSATION_NOT_FOUND") {
    conversations.forget(conversation);
    return [problem.detail, [["Ask in a new conversation", afresh]]];
  }
  if (problem.errorCode === "CONVERSATION_FULL") {
    return [problem.detail, [["Ask in a new conversation", afresh]]];
  }
  return [`${sentence(problem.detail)} The question was not answered.`, [["Try again", again]]];
}

async function keep(answer, text, turn) {
  const id = answer.conversation_id;
  if (!id) return; // this service keeps no conversations
  if (id !== conversation) history.replaceState(null, "", `#${id}`);
  conversation = id;
  document.title = `${text} · Dateline`;
  await conversations.touch(id, text);
  await suggest(id, turn);
}

async function suggest(id, turn) {
  const { signal } = (suggesting = new AbortController());
  try {
    const path = `/conversations/${encodeURIComponent(id)}/suggestions`;
    const { questions } = await getJson(path, { signal });
    if (turn === lastTurn) turn.suggest(questions, ask);
  } catch (error) {
    // An answer is whole without them: no word about suggestions that could not be made.
    if (!(error instanceof Problem) && error.name !== "AbortError") throw error;
  }
}

/* The conversation */

function addTurn(turn) {
  at("main").classList.remove("is-empty");
  suggesting?.abort();
  lastTurn?.unsuggest();
  lastTurn = turn;
  at("thread").append(turn.node);
  turn.node.scrollIntoView({ block: "start" });
}

function newConversation() {
  clearThread();
  conversation = null;
  if (location.hash) history.pushState(null, "", location.pathname);
  conversations.mark(null);
  box.focus();
}

function clearThread() {
  running?.abort();
  running = null;
  suggesting?.abort();
  box.showRunning(false);
  reader.close();
  quotes.hide();
  fill(at("thread"));
  lastTurn = null;
  at("main").classList.add("is-empty");
  document.title = "Dateline";
  menu.close();
}

async function openConversation(id, isNewEntry) {
  clearThread();
  at("main").classList.remove("is-empty");
  conversation = id;
  if (isNewEntry) history.pushState(null, "", `#${id}`);
  conversations.mark(id);
  opening = showTurns(id);
  await opening;
  if (lastTurn && id === conversation) await suggest(id, lastTurn);
}

async function showTurns(id) {
  let turns;
  try {
    ({ turns } = await getJson(`/conversations/${encodeURIComponent(id)}`));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (id === conversation) tellUnopened(id, error);
    return;
  }
  if (id !== conversation) return;
  for (const { asked, answer, is_positive: isPositive, withdrawn } of turns) {
    const turn = new Turn(answer.question, { quotes, reader });
    addTurn(turn);
    const isAsOf = answer.as_of !== asked.slice(0, 10);
    turn.finish(answer, { withdrawn, isPositive, isAsOf, isSpoken: false });
    box.last = answer.question;
  }
  if (!turns.length) return;
  document.title = `${turns[0].answer.question} · Dateline`;
  announce(`Conversation opened: ${turns[0].answer.question}`);
}

function tellUnopened(id, problem) {
  const turn = new Turn("This conversation could not be opened", { quotes, reader });
  addTurn(turn);
  if (problem.status === 404) {
    conversations.forget(id);
    conversation = null;
    history.replaceState(null, "", location.pathname);
    const words = "It was deleted, has expired, or is somebody else’s.";
    turn.fail(words, [["New conversation", newConversation]]);
    return;
  }
  turn.fail(problem.detail, [["Try again", () => openConversation(id, false)]]);
}

function openFromAddress() {
  const id = location.hash.slice(1);
  if (id === (conversation ?? "")) return;
  if (isConversation(id)) {
    openConversation(id, false);
  } else if (conversation) {
    clearThread();
    conversation = null;
    conversations.mark(null);
  }
}

/* The page */

function hasMouse() {
  return matchMedia("(pointer: fine)").matches;
}

function onKey(event) {
  const isTyping = event.target.closest?.("input, textarea, select, dialog, [contenteditable]");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (at("main").inert) return;
    event.preventDefault();
    box.focus();
  } else if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    if (menu.isOpen) menu.close();
    else if (reader.isOpen) reader.close();
    else filters.close();
  }
}

function loadData() {
  fill(at("key-place"), forgetKeyButton());
  const id = location.hash.slice(1);
  const isToOpen = isConversation(id) && !lastTurn;
  return Promise.all([
    offerQuestions(),
    conversations.refresh(),
    isToOpen && openConversation(id, false),
  ]);
}

async function offerQuestions() {
  try {
    const { items: sources } = await getJson("/sources");
    filters.offer(sources);
    await showExamples(at("examples"), sources, ask);
  } catch (error) {
    // Without a key or an open index there is nothing to choose from; `state` says so.
    if (!(error instanceof Problem)) throw error;
  }
}

function start() {
  drawIcons();
  document.addEventListener("keydown", onKey);
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address names the conversation
    box.focus();
  });
  for (const one of document.querySelectorAll("[data-new]")) {
    one.addEventListener("click", newConversation);
  }
  window.addEventListener("hashchange", openFromAddress);
  window.addEventListener("popstate", openFromAddress);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") state.look();
  });
  askForKey(
    () => {
      state.hasKey();
      clearThread(); // what is there may be what the other key, or none, was refused
      loadData();
    },
    (askAgain) => state.wantKey(askAgain),
  );
  state.look();
  loadData();
  if (hasMouse()) box.focus();
}

start();
