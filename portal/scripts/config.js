/** What the platform tells the page: its API, where people sign in, as which client, and the zones of data sets. */

const KEYS = ["apiUrl", "signInUrl", "clientId", "scopes", "zones"];

/** Read config.json, which lies beside the page. */
export async function loadConfig() {
  const response = await fetch("config.json", { cache: "no-cache" });
  if (!response.ok)
    throw new Error(`config.json answers ${response.status}: deploy the portal, or write one beside it`);
  const config = await response.json();
  const missing = KEYS.filter((key) => !config[key]);
  if (missing.length) throw new Error(`config.json lacks ${missing.join(", ")}`);
  return { ...config, apiUrl: bare(config.apiUrl), signInUrl: bare(config.signInUrl) };
}

function bare(address) {
  return address.replace(/\/+$/, "");
}
