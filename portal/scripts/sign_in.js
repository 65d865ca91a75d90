/** Signing in on Cognito's page by an authorization code with PKCE, coming back to where one was, and signing out. */

import { challengeOf, randomText } from "./pkce.js";
import { Problem } from "./problem.js";

const KEY = "watershed.sign-in";

export class SignIn {
  #config;
  #session;

  constructor(config, session) {
    this.#config = config;
    this.#session = session;
  }

  /** Leave for the sign-in page; `returnTo` is the hash to come back to. */
  async leave(returnTo) {
    const verifier = randomText();
    const state = randomText();
    sessionStorage.setItem(KEY, JSON.stringify({ verifier, state, returnTo }));
    const query = new URLSearchParams({
      response_type: "code",
      client_id: this.#config.clientId,
      redirect_uri: home(),
      scope: this.#config.scopes.join(" "),
      state,
      code_challenge_method: "S256",
      code_challenge: await challengeOf(verifier),
    });
    location.assign(`${this.#config.signInUrl}/oauth2/authorize?${query}`);
  }

  /** Redeem the code that the address has, if it has one. Throws a Problem for an answer that nobody here asked for. */
  async complete() {
    const given = new URLSearchParams(location.search);
    if (!given.has("code") && !given.has("error")) return;
    const asked = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    sessionStorage.removeItem(KEY);
    // Out of the address before anything else: a code must not stay in the history, nor be sent twice.
    history.replaceState(null, "", home() + (asked?.returnTo ?? ""));
    if (!asked || asked.state !== given.get("state")) {
      throw refused("This sign-in was not begun in this tab, or it was begun anew since. Nobody was signed in.");
    }
    if (given.has("error")) throw refused(given.get("error_description") ?? given.get("error"));
    this.#session.keep(await this.#redeem(given.get("code"), asked.verifier));
  }

  /** Forget the tokens, here and at the sign-in, and leave its own session too. */
  signOut() {
    const refresh = this.#session.forget();
    if (refresh) {
      const body = new URLSearchParams({ token: refresh, client_id: this.#config.clientId });
      // What comes of it cannot be waited for: the page is being left.
      fetch(`${this.#config.signInUrl}/oauth2/revoke`, { method: "POST", body, mode: "no-cors", keepalive: true });
    }
    const query = new URLSearchParams({ client_id: this.#config.clientId, logout_uri: home() });
    location.assign(`${this.#config.signInUrl}/logout?${query}`);
  }

  async #redeem(code, verifier) {
    const body = new URLSearchParams({
      grant_type: "authorization_code",
      client_id: this.#config.clientId,
      redirect_uri: home(),
      code,
      code_verifier: verifier,
    });
    const response = await fetch(`${this.#config.signInUrl}/oauth2/token`, { method: "POST", body });
    if (!response.ok) throw refused("The sign-in did not accept its own code: it may have been used, or be too old.");
    return response.json();
  }
}

/** The page's address as Cognito knows it: the folder, without what is asked of it. */
function home() {
  return new URL(".", location.href).href;
}

function refused(detail) {
  return new Problem({ title: "Signing in did not work", status: 401, detail });
}
