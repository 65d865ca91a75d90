/** Numbers, sizes and moments as people read them. */

import { h } from "./dom.js";

const NUMBER = new Intl.NumberFormat("en");
// Without a comma in four digits: they are years as often as amounts.
const FOUR_DIGITS = new Intl.NumberFormat("en", { maximumSignificantDigits: 4, useGrouping: "min2" });
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const MOMENT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const NOTHING = "–";
const UNITS = ["bytes", "KB", "MB", "GB", "TB", "PB"];

export function number(value) {
  return value === null || value === undefined ? NOTHING : NUMBER.format(value);
}

export function short(value) {
  return (Math.abs(value) < 10_000 ? FOUR_DIGITS : COMPACT).format(value);
}

/** A size in powers of a thousand, as AWS bills it. */
export function bytes(value) {
  if (value === null || value === undefined) return NOTHING;
  const power = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), UNITS.length - 1);
  const scaled = value / 1000 ** power;
  return `${power && scaled < 100 ? scaled.toFixed(1) : Math.round(scaled)} ${UNITS[power]}`;
}

export function share(part, whole) {
  if (!whole) return NOTHING;
  const percent = (100 * part) / whole;
  return percent > 0 && percent < 0.1 ? "< 0.1 %" : `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

/** Dollars with the digits that matter: queries cost fractions of a cent. */
export function dollars(value) {
  return `$${value >= 0.01 ? value.toFixed(2) : value.toPrecision(2).replace(/\.?0+$/, "")}`;
}

export function seconds(milliseconds) {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A moment in the reader's time zone; the exact one is in the element. */
export function moment(iso) {
  if (!iso) return NOTHING;
  return h("time", { datetime: iso, title: iso }, MOMENT.format(new Date(iso)));
}

const FORMATS = { csv: "CSV", "json-lines": "JSON lines", parquet: "Parquet" };

/** The kind of files that a data set takes; without one, a file's extension says it. */
export function kindOf(format) {
  return FORMATS[format] ?? "CSV, JSON lines or Parquet";
}

/** A state by its word, and by its colour beside. */
export function state(status) {
  return h("span", { class: `state ${status}` }, status);
}

/** "1 row", "2 rows". */
export function count(amount, one, many = `${one}s`) {
  return `${number(amount)} ${amount === 1 ? one : many}`;
}
