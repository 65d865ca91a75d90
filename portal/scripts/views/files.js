/** The Parquet files of a data set, with links that fetch them for a few minutes. */

import { pathOf } from "../api.js";
import { h, outward } from "../dom.js";
import { bytes, moment } from "../format.js";
import { pager } from "../pager.js";
import { remark } from "../problem.js";
import { numberCell, numeric, row, table } from "../table.js";

export async function showFiles(context, { id, prefix }) {
  const headings = ["File", numeric("Size"), "Written", "Fetch"];
  const made = table(`Files of ${id}`, headings, []);
  const until = h("p", { class: "fine" });
  const { foot, count } = await pager({
    ...context,
    load: (cursor) => context.api.get(`${pathOf("datasets", id)}/files`, { cursor }, context.signal),
    add: (page) => {
      made.body.append(...page.files.map((file) => line(file, prefix)));
      until.replaceChildren("Links of this page hold until ", moment(page.expires_at), "; load it again for new ones.");
      return page.files.length;
    },
  });
  return count ? [until, made.element, foot] : remark("There are no files yet", null, 3);
}

function line({ key, size, modified_at: written, url }, prefix) {
  const name = key.startsWith(prefix) ? key.slice(prefix.length) : key;
  const fetch = outward(url, { download: "", "aria-label": `Download ${name}` }, "Download");
  return row(h("th", { scope: "row" }, h("code", {}, name)), numberCell(size, bytes(size)), moment(written), fetch);
}
