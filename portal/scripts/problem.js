/** What went wrong, as the API tells it (RFC 9457), and what of it a person is shown. */

import { h, quoting } from "./dom.js";

export class Problem extends Error {
  constructor(document) {
    super(document.detail ?? document.title);
    Object.assign(this, { errors: [], requestId: null, line: null, column: null, retryAfter: null }, document);
  }
}

/** Nobody is signed in any more: the tokens ran out and could not be renewed. */
export class SessionOver extends Problem {
  constructor() {
    super({
      title: "Your session is over",
      status: 401,
      detail: "Sign in again, and you come back to this place. What you typed into a query is kept.",
    });
  }
}

/** The problem that an answer of the API is; one that is no document is told by its status. */
export async function problemOf(response) {
  const retryAfter = Number(response.headers.get("retry-after")) || null;
  const kind = response.headers.get("content-type") ?? "";
  const document = kind.includes("json") ? await response.json().catch(() => ({})) : {};
  return new Problem({
    type: document.type ?? "about:blank",
    title: document.title ?? `The API answers ${response.status}`,
    status: response.status,
    detail: document.detail ?? "It does not say why.",
    errors: document.errors ?? [],
    requestId: document.requestId ?? response.headers.get("x-request-id"),
    line: document.line ?? null,
    column: document.column ?? null,
    retryAfter,
  });
}

/** A notice that is read out: what is wrong, where, and by which request. `action` is an element to press. */
export function notice(error, action = null, level = 2) {
  const problem = error instanceof Problem ? error : unexpected(error);
  // A single error is the detail already.
  const errors = problem.errors.length > 1 ? problem.errors : [];
  return h(
    "section",
    { class: "notice problem", role: "alert" },
    h(`h${level}`, {}, problem.title),
    errors.length
      ? h(
          "ul",
          {},
          errors.map((part) => h("li", {}, h("code", {}, part.path), " ", quoting(part.message))),
        )
      : h("p", {}, quoting(problem.detail)),
    problem.requestId && h("p", { class: "fine" }, "Request ", h("code", {}, problem.requestId)),
    action && h("p", { class: "actions" }, action),
  );
}

/** The same of what the API refused: whom it does not know any more may sign in again. */
export function refusal(error, again, level = 2) {
  return notice(error, error.status === 401 && again("Sign in again"), level);
}

/** A quiet notice: nothing is wrong. */
export function remark(title, content = null, level = 2) {
  return h("section", { class: "notice" }, h(`h${level}`, {}, title), content);
}

function unexpected(error) {
  const isNetwork = error instanceof TypeError && /fetch|network|load/i.test(error.message);
  return new Problem(
    isNetwork
      ? { title: "The API cannot be reached", status: 0, detail: "Look whether you are online, then try again." }
      : { title: "Something went wrong in this page", status: 0, detail: error?.message ?? String(error) },
  );
}
