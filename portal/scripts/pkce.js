/** Proof that who redeems a code is who asked for it (RFC 7636, method S256). */

/** A text of 256 random bits, as a verifier or a state. */
export function randomText() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** The challenge that a verifier answers. */
export async function challengeOf(verifier) {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

/** The claims of a token, to show whose it is; only the API says what they are worth. */
export function claimsOf(token) {
  try {
    const text = atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
  } catch {
    return {};
  }
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
