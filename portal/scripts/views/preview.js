/** The first rows of one file. */

import { pathOf } from "../api.js";
import { h } from "../dom.js";
import { count } from "../format.js";
import { remark } from "../problem.js";
import { dataTable } from "../table.js";

const ROWS = 50;

export async function showPreview({ api, signal }, { id }) {
  const { columns, rows, file } = await api.get(`${pathOf("datasets", id)}/preview`, { limit: ROWS }, signal);
  if (file === null) return remark("There are no rows yet", h("p", {}, "They come with the first file."), 3);
  const where = h("p", { class: "fine" }, `The first ${count(rows.length, "row")} of `, h("code", {}, file));
  return [where, dataTable(`First rows of ${id}`, columns, rows).element];
}
