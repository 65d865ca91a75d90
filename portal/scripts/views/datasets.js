/** All data sets that one may read: searched by name, filtered, a page at a time. */

import { fill, h } from "../dom.js";
import { bytes, count, moment, number } from "../format.js";
import { pager } from "../pager.js";
import { refusal, remark } from "../problem.js";
import { hashOf, relabel } from "../router.js";
import { numberCell, numeric, row, table } from "../table.js";
import { filters } from "./filters.js";

const PAGE = 50;
const HEADINGS = [
  "Data set",
  { label: "Owner", class: "wide" },
  { label: "Zone", class: "wide" },
  { label: "Tags", class: "wide" },
  numeric("Rows"),
  numeric("Size", "number wide"),
  { label: "Updated", class: "wide" },
];

export async function showDatasets(context, route) {
  const results = h("div", { class: "results" });
  const total = h("p", { class: "fine", id: "found" });
  let latest = new AbortController();

  async function refresh(wanted) {
    latest.abort();
    latest = new AbortController();
    const signal = AbortSignal.any([context.signal, latest.signal]);
    relabel(hashOf("/datasets", wanted));
    results.setAttribute("aria-busy", "true");
    try {
      const shown = await list({ ...context, signal }, wanted, bar.add);
      if (signal.aborted) return;
      fill(results, shown.element);
      total.textContent = shown.summary;
      context.announce(shown.summary);
    } catch (error) {
      if (signal.aborted) return;
      total.textContent = "";
      fill(results, refusal(error, context.again));
    }
    results.removeAttribute("aria-busy");
  }

  const bar = filters(wantedOf(route.query), context.zones, refresh);
  const first = await list(context, bar.wanted(), bar.add);
  fill(results, first.element);
  total.textContent = first.summary;
  const head = h("div", { class: "headline" }, h("h1", {}, "Data sets"), total);
  return { element: h("section", { class: "browse" }, head, bar.element, results), title: "Data sets" };
}

function wantedOf(query) {
  const [prefix, owner, zone, archived] = ["prefix", "owner", "zone", "archived"].map((name) => query.get(name) ?? "");
  return { prefix, owner, zone, tag: query.getAll("tag"), archived };
}

async function list(context, wanted, narrow) {
  const made = table("Data sets", HEADINGS, [], "datasets");
  const load = (cursor) => context.api.get("/datasets", { ...wanted, limit: PAGE, cursor }, context.signal);
  const add = (page) => {
    made.body.append(...page.datasets.map((dataset) => line(dataset, narrow)));
    return page.datasets.length;
  };
  const { foot, count: found, isAll } = await pager({ ...context, load, add });
  if (!found) return { element: nothing(wanted), summary: "None found" };
  const summary = isAll ? count(found, "data set") : `The first ${number(found)} data sets`;
  return { element: [made.element, foot], summary };
}

function nothing(wanted) {
  const isFiltered = Object.values(wanted).some((value) => value.length);
  return isFiltered
    ? remark("No data set fits", h("p", {}, "Take a filter away, or look for a shorter beginning of its name."))
    : remark(
        "There is no data set that you may read",
        h("p", {}, "Your groups have no grants yet. Ask the team that answers for the data to add one of them."),
      );
}

function line(dataset, narrow) {
  const { id, description, owner, zone, tags, rows, status } = dataset;
  const marks = Object.entries(tags).map(([key, value]) => {
    const tag = `${key}=${value}`;
    return h("button", { class: "tag", title: `Only those tagged ${tag}`, onclick: () => narrow(tag) }, tag);
  });
  const name = h(
    "th",
    { scope: "row" },
    h("a", { class: "name", href: hashOf(`/datasets/${id}`) }, id),
    status !== "active" && h("span", { class: "badge" }, status),
    h("p", { class: "about" }, description),
    h("p", { class: "narrow fine" }, [owner, zone, bytes(dataset.bytes)].filter(Boolean).join(" · ")),
  );
  const wide = (...content) => h("td", { class: "wide" }, ...content);
  const size = h("td", { class: "number wide" }, bytes(dataset.bytes));
  return row(
    name,
    wide(owner ?? "–"),
    wide(zone),
    wide(...marks),
    numberCell(rows),
    size,
    wide(moment(dataset.updated_at)),
  );
}
