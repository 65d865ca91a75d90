/** The page: who has signed in, and which view the address asks for. */

import { Api } from "./api.js";
import { loadConfig } from "./config.js";
import { fill, h, markCurrent } from "./dom.js";
import { notice, SessionOver } from "./problem.js";
import { Router } from "./router.js";
import { Session } from "./session.js";
import { SignIn } from "./sign_in.js";
import { showDataset } from "./views/dataset.js";
import { showDatasets } from "./views/datasets.js";
import { showQuery } from "./views/query.js";
import { nowhere, welcome } from "./views/welcome.js";

const main = document.getElementById("main");
const announcer = document.getElementById("announcer");
const places = document.getElementById("places");
const account = document.getElementById("account");
const VIEWS = { datasets: showDatasets, dataset: showDataset, query: showQuery, queries: showQuery };

async function start() {
  if (!isSecureContext) throw new Error("Open this page by https: without it, a browser signs nobody in.");
  const config = await loadConfig();
  const session = new Session(config);
  const signIn = new SignIn(config, session);
  const again = (label) => h("button", { class: "main", onclick: () => signIn.leave(location.hash) }, label);
  const context = { api: new Api(config, session), announce, again, zones: config.zones };

  function show(route, signal) {
    showAccount(session, signIn);
    if (!session.isSignedIn) return welcome(again("Sign in"));
    const name = route.parts[0] === "datasets" && route.parts[1] ? "dataset" : (route.parts[0] ?? "datasets");
    markPlace(name === "dataset" ? "datasets" : name === "queries" ? "query" : name);
    const view = VIEWS[name] ?? nowhere;
    return view({ ...context, signal }, route);
  }

  function fail(error) {
    showAccount(session, signIn);
    const isOver = error instanceof SessionOver;
    const retry = isOver ? again("Sign in again") : h("button", { onclick: () => router.go() }, "Try again");
    return { element: notice(error, retry, 1), title: error.title ?? "Error" };
  }

  const router = new Router(main, show, fail);
  try {
    await signIn.complete();
  } catch (error) {
    main.replaceChildren(notice(error, again("Sign in"), 1));
    return;
  }
  await router.start();
}

function showAccount(session, signIn) {
  places.hidden = account.hidden = !session.isSignedIn;
  if (!session.isSignedIn) return;
  const leave = h("button", { class: "quiet", onclick: () => signIn.signOut() }, "Sign out");
  fill(account, h("span", { class: "person", title: session.name }, session.name), leave);
}

function markPlace(name) {
  markCurrent([...places.children], (link) => link.hash === `#/${name}`);
}

/** Tell those who do not see the page what has changed. */
function announce(text) {
  announcer.textContent = text;
}

document.querySelector(".skip").addEventListener("click", (event) => {
  // The hash is the view's: the link only moves the focus.
  event.preventDefault();
  main.focus();
});
start().catch((error) => main.replaceChildren(notice(error, null, 1)));
