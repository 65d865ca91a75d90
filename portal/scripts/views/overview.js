/** What a data set is: who answers for it, where it comes from, how it is laid out. */

import { entry, h } from "../dom.js";
import { count, kindOf, moment, share } from "../format.js";
import { hashOf } from "../router.js";

const MOST_COLUMNS = 60;
const RIGHTS = { read: "read it", write: "read it and add files", admin: "read it, add files and administer it" };

export function showOverview(_, dataset) {
  const { owner, table, classification, tags, partitioned_by: partitions, zone, prefix, source } = dataset;
  const details = h(
    "dl",
    { class: "details" },
    entry("Owner", owner ?? "–"),
    entry("Table", h("code", {}, table)),
    entry("Tags", tagsOf(tags)),
    entry("Classification", classification ?? "–"),
    entry("Partitioned by", partitions.length ? h("code", {}, partitions.join(", ")) : "nothing"),
    entry("Files lie in", place(zone, prefix)),
    entry("Files arrive in", source ? place(source.zone, source.prefix) : "It is not made from files."),
    source && entry("Files are", kindOf(source.format)),
    entry("Malformed rows", `up to ${share(dataset.max_error_share, 1)} of a file; with more it goes to quarantine`),
    entry("You may", RIGHTS[dataset.may]),
    entry(
      "Declared",
      dataset.kind === "configured" ? "in the stack's configuration" : [by(dataset.created_at, dataset.created_by)],
    ),
    dataset.updated_at && entry("Last changed", by(dataset.updated_at, dataset.updated_by)),
  );
  return [details, columnsOf(dataset)];
}

function columnsOf({ id, columns, partitioned_by: partitions }) {
  const all = h("a", { href: hashOf(`/datasets/${id}/schema`) }, count(columns.length, "column"));
  const shown = columns.slice(0, MOST_COLUMNS).map((column) => {
    const isPartition = partitions.includes(column.name);
    return h(
      "li",
      { title: column.comment },
      h("code", {}, column.name),
      " ",
      h("span", { class: "type" }, column.type, isPartition && ", partition"),
    );
  });
  return h(
    "section",
    { class: "glance" },
    h("h3", {}, all),
    h("ul", {}, shown, columns.length > MOST_COLUMNS && h("li", { class: "fine" }, "…")),
  );
}

function tagsOf(tags) {
  const pairs = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  if (!pairs.length) return "none";
  return pairs.map((tag) => h("a", { class: "tag", href: hashOf("/datasets", { tag }) }, tag));
}

function place(zone, prefix) {
  return [zone, " zone, ", h("code", {}, prefix)];
}

function by(at, who) {
  return [moment(at), who && ` by ${who}`];
}
