/** What is shown to who has not signed in, and for an address that is none. */

import { h } from "../dom.js";

export function welcome(signIn) {
  const element = h(
    "section",
    { class: "welcome" },
    h("img", { src: "mark.svg", alt: "", width: "56", height: "56" }),
    h("h1", {}, "Data sets, in one place"),
    h(
      "p",
      { class: "lead" },
      "Find what there is, see what it holds and where it came from, add files, and ask by SQL.",
    ),
    h("p", {}, signIn),
    h("p", { class: "fine" }, "You see the data sets that your groups are granted, and no others."),
  );
  return { element, title: "Sign in" };
}

export function nowhere() {
  const element = h(
    "section",
    { class: "notice" },
    h("h1", {}, "There is no such page"),
    h("p", {}, "Look for what you need among the ", h("a", { href: "#/datasets" }, "data sets"), "."),
  );
  return { element, title: "Not found" };
}
