/** What ingestion made of each file that arrived, the latest first. */

import { pathOf } from "../api.js";
import { h, quoting } from "../dom.js";
import { bytes, moment, state } from "../format.js";
import { pager } from "../pager.js";
import { remark } from "../problem.js";
import { numberCell, numeric, row, table } from "../table.js";

export async function showVersions(context, { id }) {
  const headings = ["When", "File that arrived", "Became", numeric("Rows"), numeric("Rejected"), numeric("Size")];
  const made = table(`Versions of ${id}`, headings, []);
  const { foot, count } = await pager({
    ...context,
    load: (cursor) => context.api.get(`${pathOf("datasets", id)}/versions`, { cursor }, context.signal),
    add: (page) => {
      made.body.append(...page.versions.map(line));
      return page.versions.length;
    },
  });
  return count ? [made.element, foot] : remark("Nothing has arrived yet", null, 3);
}

function line(version) {
  const { reason } = version;
  return row(
    moment(version.committed_at),
    [
      h("code", {}, version.key),
      reason && h("p", { class: "fine wrong" }, quoting(`${reason.message} (${reason.code})`)),
    ],
    state(version.status),
    numberCell(version.rows),
    numberCell(version.rejected_rows),
    numberCell(version.bytes, bytes(version.bytes)),
  );
}
