/** What a data set is: who answers for it, where it comes from, how it is laid out. */

import { h } from "../dom.js";
import { moment, share } from "../format.js";
import { hashOf } from "../router.js";

const RIGHTS = { read: "read it", write: "read it and add files", admin: "read it, add files and administer it" };

export function showOverview(_, dataset) {
  const { owner, table, classification, tags, partitioned_by: partitions, zone, prefix, source } = dataset;
  const entry = (label, value) => value && h("div", {}, h("dt", {}, label), h("dd", {}, value));
  return h(
    "dl",
    { class: "details" },
    entry("Owner", owner ?? "–"),
    entry("Table", h("code", {}, table)),
    entry("Tags", tagsOf(tags)),
    entry("Classification", classification ?? "–"),
    entry("Columns", `${dataset.columns.length}`),
    entry("Partitioned by", partitions.length ? h("code", {}, partitions.join(", ")) : "nothing"),
    entry("Files lie in", place(zone, prefix)),
    entry("Files arrive in", source ? place(source.zone, source.prefix) : "It is not made from files."),
    source && entry("Files are", source.format ?? "CSV, JSON lines or Parquet, by their extension"),
    entry("Malformed rows", `up to ${share(dataset.max_error_share, 1)} of a file; with more it goes to quarantine`),
    entry("You may", RIGHTS[dataset.may]),
    entry("Declared", dataset.kind === "configured" ? "in the stack's configuration" : [by(dataset.created_at, dataset.created_by)]),
    dataset.updated_at && entry("Last changed", by(dataset.updated_at, dataset.updated_by)),
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
