/** Who changed what of a data set, the latest first. */

import { pathOf } from "../api.js";
import { entry, h } from "../dom.js";
import { moment } from "../format.js";
import { pager } from "../pager.js";
import { remark } from "../problem.js";

export async function showChanges(context, { id, kind }) {
  const list = h("ol", { class: "changes" });
  const { foot, count } = await pager({
    ...context,
    load: (cursor) => context.api.get(`${pathOf("datasets", id)}/changes`, { cursor }, context.signal),
    add: (page) => {
      list.append(...page.changes.map(line));
      return page.changes.length;
    },
  });
  if (count) return [list, foot];
  const configured = "It is declared in the stack's configuration: changes of it are commits there.";
  return remark("No change is recorded here", kind === "configured" && h("p", {}, configured), 3);
}

function line({ at, by, action, changes, request_id: request }) {
  const fields = Object.entries(changes);
  return h(
    "li",
    {},
    h(
      "p",
      {},
      h("strong", {}, action.replace("-", " ")),
      ` by ${by}, `,
      moment(at),
      " ",
      h("span", { class: "fine" }, "request ", h("code", {}, request)),
    ),
    fields.length > 0 &&
      h("details", {}, h("summary", {}, `What: ${fields.map(([name]) => name).join(", ")}`), fields.map(field)),
  );
}

function field([name, { before, after }]) {
  const value = (label, content) => entry(label, h("pre", {}, JSON.stringify(content ?? null, null, 2)));
  return h(
    "section",
    { class: "change" },
    h("h3", {}, name),
    h("dl", {}, value("Before", before), value("After", after)),
  );
}
