/** A query from its start to its rows: how far it is, what it scanned and cost, a chart, a table, downloads. */

import { pathOf, wait } from "../api.js";
import { download, entry, fill, focusOn, h, pressed } from "../dom.js";
import { bytes, count, dollars, number, seconds, state } from "../format.js";
import { pager } from "../pager.js";
import { chart } from "../pictures/chart.js";
import { notice, Problem, refusal, remark } from "../problem.js";
import { dataTable } from "../table.js";

const PAGE = 100;
const FIRST_LOOK_MILLISECONDS = 300;
const LAST_LOOK_MILLISECONDS = 3_000;

/** Follow a query until it is over, in an element. */
export async function showResult(context, element, query) {
  const { api, signal, announce } = context;
  const path = pathOf("queries", query.id);
  try {
    fill(element, head(context, query));
    announce(`The query is ${query.status}`);
    for (let pause = FIRST_LOOK_MILLISECONDS; isGoing(query); pause = Math.min(pause * 1.5, LAST_LOOK_MILLISECONDS)) {
      await wait(pause, signal);
      query = await api.get(path, { limit: PAGE }, signal);
      if (isGoing(query)) renew(element, query);
    }
    const body = query.status === "succeeded" ? await rowsOf(context, path, query) : over(query);
    if (signal.aborted) return;
    // The button to cancel goes; who has pressed it goes on from the heading.
    const hadFocus = element.contains(document.activeElement);
    fill(element, head(context, query), body);
    if (hadFocus) focusOn(element.querySelector("h2"));
    announce(
      query.status === "succeeded"
        ? `The query has succeeded: ${bytes(query.bytes_scanned)} scanned`
        : `The query has ${query.status}`,
    );
  } catch (error) {
    if (!signal.aborted) fill(element, refusal(error, context.again));
  }
}

function isGoing({ status }) {
  return status === "queued" || status === "running";
}

function over({ status, reason }) {
  if (status === "cancelled")
    return remark("The query was cancelled", h("p", {}, "What it had scanned by then is paid for."), 3);
  return notice(new Problem({ title: "The query failed", detail: reason ?? "Athena does not say why." }), null, 3);
}

function head(context, query) {
  return h(
    "section",
    { class: "query-head" },
    h("h2", {}, "Result"),
    figures(query),
    h("div", {}, tools(context, query)),
  );
}

/** Only the figures are drawn anew while it runs: the button to cancel keeps the focus. */
function renew(element, query) {
  element.querySelector(".figures")?.replaceWith(figures(query));
}

function figures(query) {
  const { status, bytes_scanned: scanned, cost_usd: cost, milliseconds } = query;
  return h(
    "dl",
    { class: "figures" },
    entry("Status", state(status)),
    entry("Scanned", bytes(scanned)),
    entry("Cost", dollars(cost)),
    entry("Took", seconds(milliseconds)),
    entry("Row limit", number(query.row_limit)),
  );
}

function tools(context, query) {
  const { api } = context;
  const path = pathOf("queries", query.id);
  const said = h("div", {});
  const doing = (label, act) => {
    const tried = async () => {
      try {
        fill(said);
        await act();
      } catch (error) {
        fill(said, refusal(error, context.again, 3));
      }
    };
    const button = h("button", { onclick: () => pressed(button, tried) }, label);
    return button;
  };
  const fetch = (format) => async () => download((await api.get(path, { format, limit: 1 })).download.url);
  if (isGoing(query))
    return [
      h(
        "p",
        { class: "actions" },
        doing("Cancel", () => api.delete(path)),
      ),
      said,
    ];
  if (query.status !== "succeeded") return null;
  return [
    h("p", { class: "actions" }, doing("Download CSV", fetch("csv")), doing("Download Parquet", fetch("parquet"))),
    said,
  ];
}

async function rowsOf(context, path, query) {
  const { columns } = query;
  if (!query.rows.length && !query.cursor) return remark("The query gives no rows", null, 3);
  const made = dataTable("Rows of the result", columns, []);
  const shown = h("p", { class: "fine" });
  let picture = null;
  let total = 0;
  const { foot } = await pager({
    ...context,
    given: query,
    load: (cursor) => context.api.get(path, { limit: PAGE, cursor }, context.signal),
    add: ({ rows, cursor }) => {
      made.add(rows);
      if (picture) picture.add(rows);
      else picture = chart(columns, rows);
      total += rows.length;
      shown.textContent = cursor ? `The first ${number(total)} rows` : count(total, "row");
      return rows.length;
    },
  });
  return [picture?.element, shown, made.element, foot];
}
