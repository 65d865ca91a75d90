/** Asking by SQL: writing a query, running it, and coming back to one by its address. */

import { pathOf } from "../api.js";
import { fill, h, pressed } from "../dom.js";
import { refusal } from "../problem.js";
import { hashOf, relabel } from "../router.js";
import { placeholders } from "./placeholders.js";
import { showResult } from "./result.js";

const DRAFT = "watershed.query";

export async function showQuery(context, route) {
  const id = route.parts[0] === "queries" ? route.parts[1] : null;
  const known = id && (await context.api.get(pathOf("queries", id), {}, context.signal));
  const given = known?.sql ?? route.query.get("sql") ?? sessionStorage.getItem(DRAFT) ?? "";
  const values = placeholders();
  const result = h("div", { class: "result" });
  const editor = h("textarea", {
    id: "sql",
    rows: "7",
    spellcheck: "false",
    autocapitalize: "off",
    autocomplete: "off",
    required: true,
    maxlength: "100000",
    "aria-describedby": "sql-hint",
  });
  const start = h("button", { class: "main" }, "Run");
  let following = new AbortController();

  function typed() {
    sessionStorage.setItem(DRAFT, editor.value);
    // Who comes back after signing in anew finds what was typed, not what the address began with.
    relabel(hashOf("/query"));
    values.fit(editor.value);
  }

  function shortcut(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    start.form.requestSubmit();
  }

  function follow(query) {
    following.abort();
    following = new AbortController();
    return showResult({ ...context, signal: AbortSignal.any([context.signal, following.signal]) }, result, query);
  }

  async function run(event) {
    event.preventDefault();
    await pressed(start, ask);
  }

  async function ask() {
    try {
      const query = await context.api.post(
        "/queries",
        { sql: editor.value, parameters: values.values() },
        context.signal,
      );
      relabel(hashOf(`/queries/${query.id}`));
      follow(query);
    } catch (error) {
      if (!context.signal.aborted) fill(result, refusal(error, context.again), place(error, editor));
    }
  }

  editor.value = given;
  editor.addEventListener("input", typed);
  editor.addEventListener("keydown", shortcut);
  values.fit(given);
  const form = h(
    "form",
    { class: "editor", onsubmit: run },
    h("label", { for: "sql" }, "One SELECT, in Athena's SQL"),
    editor,
    values.element,
    h(
      "div",
      { class: "actions" },
      start,
      h(
        "p",
        { class: "fine", id: "sql-hint" },
        "Ctrl + Enter runs it. Tables are data sets: flights, or curated.flights.",
      ),
    ),
  );
  if (known) follow(known);
  return { element: h("section", { class: "ask" }, h("h1", {}, "Query"), form, result), title: "Query" };
}

/** The line of the query that is wrong, with a mark below the place; null where the API names none. */
function place({ line, column }, editor) {
  const text = line && editor.value.split("\n")[line - 1];
  if (!text) return null;
  const mark = `${" ".repeat(Math.max((column ?? 1) - 1, 0))}^`;
  return h(
    "pre",
    { class: "place", role: "img", "aria-label": `Line ${line}, column ${column ?? 1}: ${text}` },
    `${text}\n${mark}`,
  );
}
