/** Views by the address's hash, so that each can be linked, and focus goes to what is new. */

import { queryOf } from "./api.js";
import { focusOn } from "./dom.js";

/** What a hash asks for: the parts of its path, and its query. */
function routeOf(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  return { parts: path.split("/").filter(Boolean).map(unescaped), query: new URLSearchParams(query) };
}

/** A hash of a path and of what is asked, without what is empty. */
export function hashOf(path, query = {}) {
  return `#${path}${queryOf(query)}`;
}

/** Put a hash into the address without showing a view anew: what is shown is that already. */
export function relabel(hash) {
  history.replaceState(null, "", hash);
}

export class Router {
  #main;
  #show;
  #fail;
  #ending = new AbortController();
  #hasShown = false;

  /** `show(route, signal)` gives `{element, title, focus}`; `fail(error)` gives the same of what went wrong. */
  constructor(main, show, fail) {
    this.#main = main;
    this.#show = show;
    this.#fail = fail;
  }

  start() {
    addEventListener("hashchange", () => this.go());
    return this.go();
  }

  /** Show what the address asks for; what was being shown is given up. */
  async go() {
    this.#ending.abort();
    const { signal } = (this.#ending = new AbortController());
    this.#main.setAttribute("aria-busy", "true");
    let shown;
    try {
      shown = await this.#show(routeOf(location.hash), signal);
    } catch (error) {
      shown = this.#fail(error);
    }
    if (signal.aborted) return;
    this.#main.removeAttribute("aria-busy");
    if (shown.element.parentNode !== this.#main) {
      this.#main.replaceChildren(shown.element);
      scrollTo(0, 0);
    }
    document.title = `${shown.title} · Watershed`;
    // At first the focus stays where a browser puts it: at the top.
    if (this.#hasShown) focusOn(shown.focus ?? this.#main.querySelector("h1, h2"), { preventScroll: true });
    this.#hasShown = true;
  }
}

function unescaped(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
