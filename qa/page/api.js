// Requests to the service: with the API key where there is one, failures as `Problem`.

const KEY = "dateline.key";
let held = null; // the key, where the browser refuses to store anything

/** Why a request failed: `status` 0 where no answer came at all. */
export class Problem extends Error {
  constructor(status, errorCode, detail) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.errorCode = errorCode;
    this.detail = detail;
  }
}

/** The API key of this browser, or null. */
export function readKey() {
  return held ?? read("sessionStorage") ?? read("localStorage");
}

/** Keep the key until the tab closes, or on this device where `isRemembered`. */
export function keepKey(key, isRemembered) {
  forgetKey();
  try {
    window[isRemembered ? "localStorage" : "sessionStorage"].setItem(KEY, key);
  } catch {
    held = key;
  }
}

export function forgetKey() {
  held = null;
  for (const storage of ["sessionStorage", "localStorage"]) {
    if (read(storage) !== null) window[storage].removeItem(KEY);
  }
}

// A browser may refuse storage altogether.
function read(storage) {
  try {
    return window[storage].getItem(KEY);
  } catch {
    return null;
  }
}

/**
 * The response to a request. Throws `Problem` for every failure, and passes on the `AbortError`
 * of `signal`. A 401 is told to the window as the event `dateline:key-needed` as well.
 *
 * `json` is sent as JSON; `body` (with `headers`) as it is.
 */
export async function request(method, path, { json, body, headers = {}, signal } = {}) {
  const sent = new Headers(headers);
  const key = readKey();
  if (key) sent.set("Authorization", `Bearer ${key}`);
  if (json !== undefined) sent.set("Content-Type", "application/json");
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: sent,
      body: json === undefined ? body : JSON.stringify(json),
      signal,
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "UNREACHABLE", "The service can’t be reached.");
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (response.status === 401) {
    window.dispatchEvent(new CustomEvent("dateline:key-needed", { detail: Boolean(key) }));
  }
  throw problem;
}

async function problemOf(response) {
  try {
    const { error_code: errorCode, detail } = await response.json();
    if (typeof errorCode === "string" && typeof detail === "string") {
      return new Problem(response.status, errorCode, detail);
    }
  } catch {
    // Not our JSON: a proxy may have answered.
  }
  const detail = `The service answered with status ${response.status}.`;
  return new Problem(response.status, "HTTP_ERROR", detail);
}

/** The value of a response's JSON. Throws as `request` does. */
export async function jsonOf(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "GARBLED", "The service sent something that cannot be read.");
  }
}

export async function getJson(path, options) {
  return jsonOf(await request("GET", path, options));
}

export async function postJson(path, json, options) {
  return jsonOf(await request("POST", path, { ...options, json }));
}

export async function remove(path, options) {
  await request("DELETE", path, options);
}
