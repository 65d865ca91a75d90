/** Where a data set comes from: a picture of it, and the raw objects that it is made of. */

import { pathOf } from "../api.js";
import { h } from "../dom.js";
import { bytes, moment, state } from "../format.js";
import { pager } from "../pager.js";
import { lineagePicture } from "../pictures/lineage.js";
import { numberCell, numeric, row, table } from "../table.js";

export async function showLineage(context, dataset) {
  const headings = [
    "File that arrived",
    "State",
    numeric("Rows"),
    numeric("Size"),
    numeric("Became files"),
    "Committed",
  ];
  const made = table(`Raw objects of ${dataset.id}`, headings, []);
  let first = null;
  const { foot, count, isAll } = await pager({
    ...context,
    load: (cursor) => context.api.get(`${pathOf("datasets", dataset.id)}/lineage`, { cursor }, context.signal),
    add: (page) => {
      first ??= page;
      made.body.append(...page.objects.map(line));
      return page.objects.length;
    },
  });
  const picture = lineagePicture(first, first.objects, isAll, dataset);
  return [picture, count > 0 && made.element, foot];
}

function line(object) {
  const gone =
    object.source_deleted_at && h("p", { class: "fine" }, "deleted at its source ", moment(object.source_deleted_at));
  return row(
    h("th", { scope: "row" }, h("code", {}, object.key), gone),
    state(object.status),
    numberCell(object.rows),
    numberCell(object.bytes, bytes(object.bytes)),
    numberCell(object.file_count),
    moment(object.committed_at),
  );
}
