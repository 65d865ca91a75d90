/** One data set: what it is, and its sections, each at an address of its own. */

import { pathOf } from "../api.js";
import { entry, fill, h, markCurrent } from "../dom.js";
import { bytes, moment, number } from "../format.js";
import { notice, remark, SessionOver } from "../problem.js";
import { hashOf } from "../router.js";
import { showChanges } from "./changes.js";
import { showFiles } from "./files.js";
import { showLineage } from "./lineage.js";
import { showOverview } from "./overview.js";
import { showPreview } from "./preview.js";
import { showSchema } from "./schema.js";
import { showStatistics } from "./statistics.js";
import { showUpload } from "./upload.js";
import { showVersions } from "./versions.js";

const SECTIONS = {
  overview: { label: "Overview", show: showOverview },
  schema: { label: "Schema", show: showSchema },
  statistics: { label: "Statistics", show: showStatistics },
  preview: { label: "Preview", show: showPreview },
  files: { label: "Files", show: showFiles },
  versions: { label: "Versions", show: showVersions },
  lineage: { label: "Lineage", show: showLineage },
  changes: { label: "Changes", show: showChanges },
  upload: { label: "Upload", show: showUpload },
};
let open = null;

export async function showDataset(context, route) {
  const [, id, name = "overview"] = route.parts;
  // What ingestion counts changes: coming from elsewhere it is read anew, going through sections it is not.
  if (open?.id !== id || !open.element.isConnected)
    open = shell(await context.api.get(pathOf("datasets", id), {}, context.signal));
  const { dataset, element, panel, links } = open;
  const section = SECTIONS[name];
  const current = markCurrent(links, (link) => link.dataset.section === name);
  current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  // The link above says the same to who sees it.
  const heading = h(
    "h2",
    { class: name in SECTIONS && name !== "upload" ? "unseen" : null },
    section?.label ?? "There is no such section",
  );
  fill(panel, heading, h("p", { class: "fine waits" }, "Loading…"));
  const content = section
    ? await contentOf(section, { ...context, recount: () => recount(context, open) }, dataset)
    : remark("Choose one of those above", null, 3);
  if (!context.signal.aborted) fill(panel, heading, content);
  return {
    element,
    title: `${dataset.id} · ${section?.label ?? "Not found"}`,
    focus: name === "overview" ? null : heading,
  };
}

/** A section that fails leaves the others where they are. */
async function contentOf(section, context, dataset) {
  try {
    return await section.show(context, dataset);
  } catch (error) {
    if (error instanceof SessionOver || context.signal.aborted) throw error;
    return notice(error, null, 3);
  }
}

/** Read anew what ingestion counted: more has come. */
async function recount({ api }, { id, element }) {
  const { totals } = await api.get(pathOf("datasets", id));
  element.querySelector(".facts").replaceWith(facts(totals));
}

function shell(dataset) {
  const { id, description, zone, kind, status, classification, may, source } = dataset;
  const panel = h("section", { class: "panel" });
  const canUpload = may !== "read" && source !== null && status === "active";
  const links = Object.entries(SECTIONS)
    .filter(([name]) => name !== "upload")
    .map(([name, { label }]) => h("a", { href: addressOf(id, name), "data-section": name }, label));
  const upload =
    canUpload && h("a", { class: "button", href: addressOf(id, "upload"), "data-section": "upload" }, "Upload");
  const query = hashOf("/query", { sql: `SELECT *\nFROM ${dataset.table}\nLIMIT 100` });
  const badges = [zone, classification, kind === "registered" && kind, status !== "active" && status].filter(Boolean);
  const element = h(
    "article",
    { class: "dataset" },
    h(
      "nav",
      { class: "crumbs", "aria-label": "Way here" },
      h("a", { href: "#/datasets" }, h("span", { "aria-hidden": "true" }, "‹ "), "Data sets"),
    ),
    h(
      "header",
      { class: "about-dataset" },
      h(
        "div",
        {},
        h("h1", {}, id),
        badges.map((badge) => h("span", { class: "badge" }, badge)),
      ),
      status === "active" && h("p", { class: "actions" }, h("a", { class: "button", href: query }, "Query"), upload),
      description && h("p", { class: "lead" }, description),
    ),
    facts(dataset.totals),
    h("nav", { class: "sections", "aria-label": `Sections of ${id}` }, links),
    panel,
  );
  return { id, dataset, element, panel, links: [...links, upload].filter(Boolean) };
}

function addressOf(id, name) {
  return hashOf(name === "overview" ? `/datasets/${id}` : `/datasets/${id}/${name}`);
}

function facts(totals) {
  if (!totals) return h("p", { class: "facts fine" }, "Nothing has arrived yet.");
  return h(
    "dl",
    { class: "facts" },
    entry("Rows", number(totals.rows)),
    entry("Size", bytes(totals.bytes)),
    entry("Files", number(totals.files)),
    entry("Rejected rows", number(totals.rejected_rows), totals.rejected_rows ? "warns" : null),
    entry("In quarantine", number(totals.quarantined), totals.quarantined ? "warns" : null),
    entry("Updated", moment(totals.updated_at)),
  );
}
