/** Who has signed in, in this tab: its tokens, kept until the tab is closed, and renewed when they run out. */

import { claimsOf } from "./pkce.js";
import { SessionOver } from "./problem.js";

const KEY = "watershed.tokens";
const EARLY_SECONDS = 60;

export class Session {
  #config;
  #renewing = null;

  constructor(config) {
    this.#config = config;
  }

  get isSignedIn() {
    return this.#tokens() !== null;
  }

  /** What to call the person. */
  get name() {
    const claims = claimsOf(this.#tokens()?.id ?? "");
    return claims.name ?? claims.email ?? claims["cognito:username"] ?? "Signed in";
  }

  /** Keep what the token endpoint gave; a refresh token that it gave no successor for goes on. */
  keep(answer) {
    const expires = Date.now() + (answer.expires_in ?? 3600) * 1000;
    const refresh = answer.refresh_token ?? this.#tokens()?.refresh;
    const tokens = { access: answer.access_token, id: answer.id_token, refresh, expires };
    sessionStorage.setItem(KEY, JSON.stringify(tokens));
  }

  /** A token that holds; `rejected` is one that the API has just refused. Throws SessionOver. */
  async token(rejected) {
    const tokens = this.#tokens();
    if (!tokens) throw new SessionOver();
    const isFresh = tokens.expires - Date.now() > EARLY_SECONDS * 1000;
    if (isFresh && tokens.access !== rejected) return tokens.access;
    // Requests that run out together renew once: a refresh token may work only once.
    this.#renewing ??= this.#renew(tokens.refresh).finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  /** Forget the tokens; returns the one that the sign-in has to forget too. */
  forget() {
    const refresh = this.#tokens()?.refresh;
    sessionStorage.removeItem(KEY);
    return refresh;
  }

  async #renew(refresh) {
    if (!refresh) throw this.#over();
    const body = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: this.#config.clientId,
      refresh_token: refresh,
    });
    const response = await fetch(`${this.#config.signInUrl}/oauth2/token`, { method: "POST", body });
    if (response.status >= 400 && response.status < 500) throw this.#over();
    if (!response.ok) throw new Error(`the sign-in answers ${response.status}: try again in a moment`);
    const answer = await response.json();
    this.keep(answer);
    return answer.access_token;
  }

  #over() {
    this.forget();
    return new SessionOver();
  }

  #tokens() {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  }
}
