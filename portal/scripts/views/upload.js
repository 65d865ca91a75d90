/** Adding a file to a data set: choosing it, seeing it go, and what ingestion makes of it. */

import { fill, focusOn, h } from "../dom.js";
import { bytes, count, kindOf, share } from "../format.js";
import { notice, remark } from "../problem.js";
import { hashOf } from "../router.js";
import { STAGES, UploadJob } from "../upload/job.js";

const OTHER_ENDS = { quarantined: "is in quarantine", removed: "was removed", aborted: "was given up elsewhere" };
const LABELS = { checksum: "Checksum", sending: "Sending", ingesting: "Ingestion" };
// A job outlives the view: who comes back sees how far it is.
const jobs = new Map();

export function showUpload(context, dataset) {
  if (dataset.may === "read")
    return remark(
      "You may read this data set, but not add to it",
      h("p", {}, "Ask the team that answers for it for a grant to write."),
      3,
    );
  if (!dataset.source || dataset.status !== "active") return remark("This data set takes no files", null, 3);
  const element = h("div", { class: "upload" });
  const choose = () => fill(element, form(dataset, begin));
  const begin = (file) => {
    const job = new UploadJob(context.api, dataset.id, file);
    jobs.set(dataset.id, job);
    follow(context, element, dataset, job, choose);
    job.run();
  };
  const known = jobs.get(dataset.id);
  if (known && !known.isOver) follow(context, element, dataset, known, choose);
  else choose();
  return element;
}

function form({ id, source }, begin) {
  const input = h("input", { type: "file", id: "file", required: true });
  const chosen = h("p", { class: "fine", "aria-live": "polite" });
  const look = () => {
    const [file] = input.files;
    chosen.textContent = file ? bytes(file.size) : "";
  };
  input.addEventListener("change", look);
  const zone = h(
    "div",
    { class: "drop" },
    h("label", { for: "file" }, "Choose a file, or drop it here"),
    input,
    chosen,
  );
  const drag = (isOver) => (event) => {
    event.preventDefault();
    zone.classList.toggle("over", isOver);
    if (event.type === "drop" && event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      look();
    }
  };
  zone.addEventListener("dragover", drag(true));
  zone.addEventListener("dragleave", drag(false));
  zone.addEventListener("drop", drag(false));
  const submit = (event) => {
    event.preventDefault();
    const [file] = input.files;
    if (file.size) return begin(file);
    chosen.textContent = `${file.name} is empty.`;
    input.focus();
  };
  return h(
    "form",
    { onsubmit: submit },
    zone,
    h(
      "p",
      { class: "fine" },
      `${id} takes ${kindOf(source.format)}. A file of the same name replaces the rows of the former one.`,
    ),
    h("button", { class: "main" }, "Upload"),
  );
}

function follow(context, element, dataset, job, choose) {
  const steps = h("ol", { class: "steps" });
  const bar = h("progress", { max: job.file.size, "aria-label": "Sent" });
  const text = h("p", { class: "fine" });
  const end = h("div", { class: "end" });
  const stop = h("button", { onclick: () => job.giveUp() }, "Give up");
  let stage = null;

  function draw() {
    bar.value = job.sent;
    const verb = job.stage === "checksum" ? "read" : "sent";
    text.textContent = `${bytes(job.sent)} of ${bytes(job.file.size)} ${verb}, ${share(job.sent, job.file.size)}`;
    if (stage === job.stage) return;
    stage = job.stage;
    fill(
      steps,
      STAGES.map((name) => step(name, job)),
    );
    stop.hidden = job.isOver || stage === "ingesting";
    if (!job.isOver) return context.announce(`${LABELS[stage]}: ${job.file.name}`);
    job.removeEventListener("change", draw);
    const another = h(
      "button",
      { onclick: () => (choose(), element.querySelector("input").focus()) },
      "Upload another file",
    );
    fill(
      end,
      outcome(dataset, job),
      h("p", { class: "actions" }, job.error?.status === 401 && context.again("Sign in again"), another),
    );
    focusOn(end.firstChild);
    // The figures above are no reason to call an upload failed.
    if (stage === "done") context.recount().catch(() => {});
  }

  fill(element, h("h3", {}, job.file.name), steps, bar, text, h("p", { class: "actions" }, stop), end);
  job.addEventListener("change", draw);
  context.signal.addEventListener("abort", () => job.removeEventListener("change", draw));
  draw();
}

function step(name, job) {
  const reached = job.isOver ? (job.stage === "done" ? STAGES.length : -1) : STAGES.indexOf(job.stage);
  const own = STAGES.indexOf(name);
  const kind = own < reached ? "past" : own === reached ? "present" : "future";
  return h("li", { class: kind, "aria-current": kind === "present" ? "step" : null }, LABELS[name]);
}

function outcome({ id }, job) {
  if (job.stage === "given-up")
    return remark("The upload was given up", h("p", {}, "Nothing of the file is in the data set."), 4);
  if (job.stage === "failed") return notice(job.error, null, 4);
  const { status, outcome: made, name } = job.upload;
  const versions = h("a", { href: hashOf(`/datasets/${id}/versions`) }, "Versions");
  if (status !== "committed") {
    const why = made?.reason && h("p", {}, `${made.reason.message} (${made.reason.code})`);
    return h(
      "section",
      { class: "notice problem", role: "alert" },
      h("h4", {}, `${name} ${OTHER_ENDS[status]}`),
      why,
      h("p", { class: "fine" }, "See ", versions),
    );
  }
  const rejected = made.rejected_rows ? `, ${count(made.rejected_rows, "row")} rejected` : "";
  return h(
    "section",
    { class: "notice good" },
    h("h4", {}, `${name} is in the data set`),
    h("p", {}, `${count(made.rows, "row")} added${rejected}. `, versions),
  );
}
