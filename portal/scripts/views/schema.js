/** The columns of a data set, in the order that queries give them. */

import { pathOf } from "../api.js";
import { h } from "../dom.js";
import { row, table } from "../table.js";

export async function showSchema({ api, signal }, { id }) {
  const { columns } = await api.get(`${pathOf("datasets", id)}/schema`, {}, signal);
  const rows = columns.map((column) =>
    row(
      h(
        "th",
        { scope: "row" },
        h("code", {}, column.name),
        column.is_partition && h("span", { class: "badge" }, "partition"),
      ),
      h("code", { class: "type" }, column.type),
      [column.comment, projected(column.projection)],
    ),
  );
  return table(`Columns of ${id}`, ["Column", "Type", "What it holds"], rows, "schema").element;
}

function projected(projection) {
  if (!projection) return null;
  const { first, last, values } = projection;
  const range = values?.length ? values.join(", ") : `${first} to ${last}`;
  return h("p", { class: "fine" }, `Queries look for ${range} only.`);
}
