/** Statistics of each column; while they are being computed, what is known, and the rest as soon as it is there. */

import { pathOf, wait } from "../api.js";
import { fill, h } from "../dom.js";
import { count, moment, share, short } from "../format.js";
import { histogram } from "../pictures/histogram.js";
import { notice, remark } from "../problem.js";
import { isNumeric } from "../table.js";

const POLL_MILLISECONDS = 2_000;
const QUANTILES = { p05: "5 %", p25: "25 %", p50: "50 %", p75: "75 %", p95: "95 %" };

export async function showStatistics(context, { id }) {
  const ask = () => context.api.get(`${pathOf("datasets", id)}/statistics`, {}, context.signal);
  const found = await ask();
  const element = h("div", { class: "profile" });
  show(element, found);
  if (found.status === "computing") follow(context, ask, element);
  return element;
}

async function follow({ signal, announce }, ask, element) {
  try {
    let found;
    do {
      await wait(POLL_MILLISECONDS, signal);
      found = await ask();
    } while (found.status === "computing");
    show(element, found);
    announce("The statistics have been computed");
  } catch (error) {
    if (!signal.aborted) element.prepend(notice(error, null, 3));
  }
}

function show(element, found) {
  if (!found.columns.length)
    return fill(element, remark("There are no statistics yet", found.detail && h("p", {}, found.detail), 3));
  return fill(
    element,
    said(found),
    h(
      "ul",
      { class: "columns" },
      found.columns.map((column) => card(column, found.rows)),
    ),
  );
}

function said({ status, source, rows, computed_at: at, detail }) {
  const texts = {
    computing: [
      h("span", { class: "state running" }, "being computed"),
      " What ingestion knows stands here meanwhile.",
    ],
    stale: ["Of the data as they were at ", moment(at), "."],
    current: ["Of the data as they are, computed ", moment(at), "."],
    failed: [
      h("span", { class: "state failed" }, "could not be computed"),
      ` ${detail ?? ""} What ingestion knows stands here.`,
    ],
    unknown: [detail ?? "Nothing has arrived yet."],
  };
  const bounds = source === "ingestion" && " Least and greatest are bounds, distinct values at least as many.";
  return h("p", { class: "fine" }, rows !== null && `${count(rows, "row")}. `, texts[status], bounds);
}

function card(column, rows) {
  const { name, type, nulls, distinct, quantiles } = column;
  const value = (label, text) => h("div", {}, h("dt", {}, label), h("dd", { title: text }, text));
  const known = Object.entries(quantiles ?? {}).filter(([key]) => key in QUANTILES);
  return h(
    "li",
    { class: "column" },
    h("h3", {}, h("code", {}, name), h("span", { class: "type" }, type)),
    spread(column),
    h(
      "dl",
      {},
      quantiles?.p50 && value("Median", shown(type, quantiles.p50)),
      value("Distinct", `≈ ${short(distinct)}`),
      value("Null", share(nulls, rows)),
    ),
    known.length > 0 &&
      h(
        "details",
        {},
        h("summary", {}, "Quantiles"),
        h(
          "dl",
          {},
          known.map(([key, text]) => value(QUANTILES[key], shown(type, text))),
        ),
      ),
  );
}

/** A histogram; where there is none to see, from where to where the values go. */
function spread({ name, type, min, max, histogram: known }) {
  const [least, greatest] = [shown(type, min), shown(type, max)];
  if (known && min !== max) return histogram(name, known, least, greatest);
  if (min === null) return h("p", { class: "spread fine" }, "No values");
  const range =
    min === max
      ? ["always", h("code", {}, least)]
      : [h("code", {}, least), h("span", { class: "fine" }, "to"), h("code", {}, greatest)];
  return h("p", { class: "spread" }, range);
}

function shown(type, text) {
  if (text === null) return "–";
  const number = Number(text);
  if (isNumeric(type) && Number.isFinite(number)) return short(number);
  return type === "timestamp" ? text.replace("T", " ").replace(/\.0+$/, "") : text;
}
