// Server-Sent Events out of a response: fetch can send a body and a key, EventSource cannot.

import { jsonOf, Problem } from "./api.js";

// The service sends a comment every 15 s; nothing at all for longer is a lost connection.
const SILENCE_MS = 60_000;

/** Splits a stream into events as the HTML standard says, however it is cut into chunks. */
export class EventParser {
  /** `onEvent(type, data)` is called for every whole event. */
  constructor(onEvent) {
    this._onEvent = onEvent;
    this._rest = "";
    this._isFirst = true;
    this._clear();
  }

  push(text) {
    if (this._isFirst && text !== "") {
      this._isFirst = false;
      if (text.startsWith("\ufeff")) text = text.slice(1);
    }
    this._rest += text;
    let start = 0;
    for (;;) {
      const end = lineEnd(this._rest, start);
      if (!end) break;
      this._line(this._rest.slice(start, end.at));
      start = end.next;
    }
    this._rest = this._rest.slice(start);
  }

  _line(line) {
    if (line === "") {
      if (this._data.length) this._onEvent(this._type || "message", this._data.join("\n"));
      this._clear();
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return; // a comment: the heartbeat
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this._type = value;
    else if (field === "data") this._data.push(value);
  }

  _clear() {
    this._type = "";
    this._data = [];
  }
}

// A line ends with LF, CR, or both; a CR at the end of what came may be half of both.
function lineEnd(text, from) {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "\n") return { at, next: at + 1 };
    if (text[at] === "\r") {
      if (at + 1 === text.length) return null;
      return { at, next: text[at + 1] === "\n" ? at + 2 : at + 1 };
    }
  }
  return null;
}

/**
 * Hand each event of an answer's stream to `handlers[type](data)` and return the final answer.
 *
 * Throws `Problem` for an `error` event, and where the stream breaks off or falls silent; the
 * `AbortError` of the request's signal passes through.
 */
export async function readAnswer(response, handlers) {
  const type = response.headers.get("Content-Type") ?? "";
  if (!type.startsWith("text/event-stream")) return jsonOf(response); // in one piece
  let answer = null;
  const parser = new EventParser((name, data) => {
    if (answer) return;
    const value = parsed(data);
    if (name === "error") throw new Problem(response.status, value.error_code, value.detail);
    if (name === "final_answer") answer = value;
    else handlers[name]?.(value);
  });
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  try {
    while (!answer) {
      const { done, value } = await withinSilence(reader.read());
      if (done) throw new Problem(0, "BROKEN_OFF", "The connection ended before the answer did.");
      parser.push(decoder.decode(value, { stream: true }));
    }
    return answer;
  } catch (error) {
    if (error.name === "AbortError" || error instanceof Problem) throw error;
    if (error instanceof TypeError) {
      throw new Problem(0, "BROKEN_OFF", "The connection broke before the answer was complete.");
    }
    throw error;
  } finally {
    reader.cancel().catch(() => {}); // it may have failed already, which is known by now
  }
}

function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    throw new Problem(0, "GARBLED", "The service sent something that cannot be read.");
  }
}

async function withinSilence(promise) {
  let timer;
  const silence = new Promise((_, reject) => {
    const lost = new Problem(0, "SILENT", "Nothing has come from the service for a minute.");
    timer = setTimeout(() => reject(lost), SILENCE_MS);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}
