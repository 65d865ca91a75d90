/** A query from its start to its rows: how far it is, what it scanned and cost, a chart, a table, downloads. */

import { pathOf, wait } from "../api.js";
import { download, fill, h } from "../dom.js";
import { bytes, count, dollars, number, seconds } from "../format.js";
import { pager } from "../pager.js";
import { chart } from "../pictures/chart.js";
import { notice, Problem, remark } from "../problem.js";
import { dataTable } from "../table.js";
import { state } from "./versions.js";

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
    if (!signal.aborted) fill(element, notice(error, error.status === 401 && context.again("Sign in again")));
  }
}

function focusOn(heading) {
  heading.setAttribute("tabindex", "-1");
  heading.focus();
}

function isGoing({ status }) {
  return status === "queued" || status === "running";
}

function over({ status, reason }) {
  if (status === "cancelled")
    return remark("The query was cancelled", h("p", {}, "What it had scanned by then is paid for."));
  return notice(new Problem({ title: "The query failed", detail: reason ?? "Athena does not say why." }));
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
  const figure = (label, value) => h("div", {}, h("dt", {}, label), h("dd", {}, value));
  return h(
    "dl",
    { class: "figures" },
    figure("Status", state(status)),
    figure("Scanned", bytes(scanned)),
    figure("Cost", dollars(cost)),
    figure("Took", seconds(milliseconds)),
    figure("Row limit", number(query.row_limit)),
  );
}

function tools(context, query) {
  const { api } = context;
  const path = pathOf("queries", query.id);
  const said = h("div", {});
  const doing = (label, act) => {
    const press = async () => {
      if (button.getAttribute("aria-disabled")) return;
      button.setAttribute("aria-disabled", "true");
      try {
        fill(said);
        await act();
      } catch (error) {
        fill(said, notice(error, error.status === 401 && context.again("Sign in again")));
      }
      button.removeAttribute("aria-disabled");
    };
    const button = h("button", { onclick: press }, label);
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
  if (!query.rows.length && !query.cursor) return remark("The query gives no rows");
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
