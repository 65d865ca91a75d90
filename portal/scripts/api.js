/** The Dataset API, as the person who has signed in. Whatever it refuses is thrown as a Problem. */

import { problemOf } from "./problem.js";

const PASSING = new Set([429, 503, 504]);
const TRIES = 4;
// Each after two seconds: a request that got no answer holds its key for 35 (handlers/api/idempotency.py).
const IN_PROGRESS_TRIES = 20;
const LONGEST_WAIT_SECONDS = 10;

export class Api {
  #config;
  #session;

  constructor(config, session) {
    this.#config = config;
    this.#session = session;
  }

  /** Read; several values of a parameter are a list, empty ones are left out. */
  get(path, query = {}, signal) {
    return this.#ask("GET", path + queryOf(query), { signal });
  }

  /** Make something; repeated by the network's fault it is made once, by its key. */
  post(path, body, signal) {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
    return this.#ask("POST", path, { headers, body: JSON.stringify(body), signal });
  }

  delete(path) {
    return this.#ask("DELETE", path, {});
  }

  async #ask(method, path, { headers = {}, body, signal }) {
    let rejected = null;
    for (let tries = 1; ; tries += 1) {
      const token = await this.#session.token(rejected);
      const given = { ...headers, Authorization: `Bearer ${token}` };
      const response = await fetch(this.#config.apiUrl + path, { method, headers: given, body, signal });
      if (response.ok) return response.status === 204 ? null : response.json();
      if (response.status === 401 && rejected === null) {
        rejected = token;
        continue;
      }
      const problem = await problemOf(response);
      if (tries >= triesOf(problem)) throw problem;
      await wait(Math.min(problem.retryAfter ?? tries, LONGEST_WAIT_SECONDS) * 1000, signal);
    }
  }
}

function triesOf({ type, status }) {
  if (type.endsWith(":in-progress")) return IN_PROGRESS_TRIES;
  return PASSING.has(status) ? TRIES : 1;
}

/** A path of identifiers, each of them escaped. */
export function pathOf(...parts) {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join("");
}

/** What an address asks for, with its question mark; nothing without values. */
export function queryOf(query) {
  const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((each) => [name, each]));
  const asked = new URLSearchParams(pairs.filter(([, value]) => value !== null && value !== undefined && value !== ""));
  return asked.size ? `?${asked}` : "";
}

/** Wait so many milliseconds, or until a signal ends it. */
export function wait(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const end = () => reject(signal.reason);
    if (signal?.aborted) return end();
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), end()), { once: true });
  });
}
