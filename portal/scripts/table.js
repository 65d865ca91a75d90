/** Tables of values: they scroll in a frame of their own, which the keyboard reaches too. */

import { h } from "./dom.js";
import { number } from "./format.js";

const NUMERIC = /^(tinyint|smallint|int|integer|bigint|float|real|double|decimal)/;

export function isNumeric(type) {
  return NUMERIC.test(type ?? "");
}

/** The heading of a column of counts. */
export function numeric(label, kind = "number") {
  return { label, class: kind };
}

/** A frame around a table that may be wider than the page. */
function frame(label, table) {
  return h("div", { class: "frame", role: "region", "aria-label": label, tabindex: "0" }, table);
}

/** A table with headings, and rows of cells that are elements or texts. */
export function table(label, headings, rows, kind = "") {
  const body = h("tbody", {}, rows);
  const head = headings.map((heading) => h("th", { scope: "col", class: heading.class }, heading.label ?? heading));
  return { element: frame(label, h("table", { class: kind }, h("thead", {}, h("tr", {}, head)), body)), body };
}

/** A table of data: columns have names and types, rows are lists of values as the API gives them. */
export function dataTable(label, columns, rows) {
  const headings = columns.map((column) => ({
    class: isNumeric(column.type) ? "number" : null,
    label: [h("span", {}, column.name), h("small", {}, column.type)],
  }));
  const made = table(label, headings, [], "data");
  const add = (more) => made.body.append(...more.map((row) => dataRow(columns, row)));
  add(rows);
  return { element: made.element, add };
}

function dataRow(columns, row) {
  return h(
    "tr",
    {},
    columns.map((column, index) => dataCell(column, row[index])),
  );
}

function dataCell(column, value) {
  if (value === null || value === undefined) return h("td", { class: "nothing" }, "null");
  return h("td", { class: isNumeric(column.type) ? "number" : null }, shown(column, value));
}

/** Integers stay as they are: a year or an id is not a quantity. */
function shown(column, value) {
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(12)));
  return String(value);
}

/** A row of the pages that list things, by its cells. */
export function row(...cells) {
  return h(
    "tr",
    {},
    cells.map((cell) => (cell instanceof HTMLTableCellElement ? cell : h("td", {}, cell))),
  );
}

/** A cell of a count. */
export function numberCell(value, text = number(value)) {
  return h("td", { class: "number" }, text);
}
