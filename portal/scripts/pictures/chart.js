/** A chart of a result: which columns it may show is guessed from their types, and chosen by the reader. */

import { fill, h } from "../dom.js";
import { isNumeric } from "../table.js";
import { bars } from "./bars.js";
import { line } from "./line.js";
import { sized } from "./sized.js";

const MOST_BARS = 30;
const DATE = /^\d{4}-\d\d-\d\d/;

/** The chart with its choices, or null where there is nothing to draw. `add(rows)` is for rows that come later. */
export function chart(columns, rows) {
  const known = [...rows];
  const measures = columns.flatMap((column, index) => (isNumeric(column.type) ? [index] : []));
  if (!measures.length || columns.length < 2 || rows.length < 2) return null;
  const first = columns.findIndex((column) => !isNumeric(column.type));
  const along = choice("Along", "chart-along", columns, [...columns.keys()], Math.max(first, 0), draw);
  const measure = choice(
    "Value",
    "chart-value",
    columns,
    measures,
    measures.find((index) => index !== along.value()),
    draw,
  );
  const picture = h("div", {});
  const note = h("p", { class: "fine" });

  function draw() {
    const [x, y] = [along.value(), measure.value()];
    const points = known.map((row) => point(row, x, y)).filter((each) => each && Number.isFinite(each.value));
    const isAlong = points.length > 1 && points.every((each) => each.at !== null);
    const title = `${columns[y].name} by ${columns[x].name}`;
    const shown = isAlong ? points.sort((one, other) => one.at - other.at) : points.slice(0, MOST_BARS);
    note.textContent = shown.length < points.length ? `The first ${shown.length} of ${points.length} rows.` : "";
    if (!shown.length) return fill(picture, h("p", { class: "fine" }, "There are no numbers to draw."));
    const label = `Chart of ${title}, ${shown.length} values; the table below has them`;
    return fill(
      picture,
      sized((width) => (isAlong ? line : bars)(shown, width, label)),
    );
  }

  draw();
  const element = h("figure", { class: "chart" }, h("figcaption", {}, along.element, measure.element), picture, note);
  return { element, add: (more) => (known.push(...more), draw()) };
}

/** Where a row lies: `at` is a number for numbers and dates, null for names. */
function point(row, x, y) {
  const given = row[x];
  if (given === null || row[y] === null) return null;
  const at = typeof given === "number" ? given : DATE.test(given) ? Date.parse(given.replace(" ", "T")) : null;
  return { label: String(given), at: Number.isFinite(at) ? at : null, value: Number(row[y]) };
}

function choice(label, id, columns, indexes, chosen, changed) {
  const options = indexes.map((index) =>
    h("option", { value: String(index), selected: index === chosen }, columns[index].name),
  );
  const select = h("select", { id, onchange: changed }, options);
  return {
    element: h("div", { class: "field" }, h("label", { for: id }, label), select),
    value: () => Number(select.value),
  };
}
