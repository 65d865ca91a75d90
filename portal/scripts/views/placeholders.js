/** Values for the question marks of a query, which the API binds and never pastes. */

import { fill, h } from "../dom.js";

// What a question mark in it is no placeholder of: texts, quoted names, comments.
const QUIET = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\//g;

// As JSON writes numbers (RFC 8259): 007 is a code.
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** How many placeholders a query has. */
function placeholdersIn(sql) {
  return sql.replace(QUIET, " ").split("?").length - 1;
}

/** A value as it was typed: numbers, true, false and null are those, quotes make a text of anything. */
function valueOf(text) {
  if (/^'.*'$/s.test(text)) return text.slice(1, -1);
  if (text === "null") return null;
  if (text === "true" || text === "false") return text === "true";
  if (!NUMBER.test(text)) return text;
  const number = Number(text);
  // An integer that would be rounded stays what was typed.
  const isKept = /^-?\d+$/.test(text) ? Number.isSafeInteger(number) : Number.isFinite(number);
  return isKept ? number : text;
}

/** As many fields as the query has placeholders; what was typed stays when their number changes. */
export function placeholders() {
  const element = h("fieldset", { class: "values", hidden: true });
  const legend = h("legend", {}, "Values of the question marks");
  const hint = h("p", { class: "fine" }, "Numbers, true, false and null are taken as such; 'quotes' make a text.");
  const inputs = [];

  function fit(sql) {
    const wanted = placeholdersIn(sql);
    if (wanted === inputs.length) return;
    while (inputs.length < wanted) inputs.push(h("input", { id: `value-${inputs.length + 1}`, autocomplete: "off" }));
    inputs.length = wanted;
    const fields = inputs.map((input, index) =>
      h("div", { class: "field" }, h("label", { for: input.id }, `Value ${index + 1}`), input),
    );
    element.hidden = !wanted;
    fill(element, legend, fields, hint);
  }

  return { element, fit, values: () => inputs.map((input) => valueOf(input.value)) };
}
