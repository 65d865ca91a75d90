/** Where a data set comes from and where it lies, as a picture: from left to right, or downwards on a phone. */

import { svg } from "../dom.js";
import { count, number } from "../format.js";
import { fitting, sized } from "./sized.js";

const MOST_OBJECTS = 6;
const NARROW = 640;
const BOX = { height: 46, gap: 12, between: 72 };
const HEADING = 24;

/** `objects` are those of the first page, `isAll` says whether there are more. */
export function lineagePicture(lineage, objects, isAll, dataset) {
  return sized((width) => draw(nodesOf(lineage, objects, isAll, dataset), width, dataset.id));
}

function nodesOf({ source, target }, objects, isAll, { id, table, totals }) {
  const shown = objects.slice(0, MOST_OBJECTS);
  const rest = objects.length - shown.length;
  const from = shown.map((object) => ({
    title: object.key.slice(object.key.lastIndexOf("/") + 1),
    about: object.status === "committed" ? count(object.rows, "row") : object.status,
    kind: `object ${object.status}`,
    weight: object.status === "committed" ? object.rows : 0,
  }));
  if (rest || !isAll)
    from.push({
      title: isAll ? `${number(rest)} more` : "and more",
      about: "listed below",
      kind: "object rest",
      weight: 0,
    });
  if (!from.length) {
    const none = source ? [source.prefix, "nothing has arrived"] : ["Not made from files", "written where it lies"];
    from.push({ title: none[0], about: none[1], kind: "object rest", weight: 0 });
  }
  const middle = { title: id, about: totals ? count(totals.rows, "row") : table, kind: "dataset" };
  const files = {
    title: `${target.zone}/${target.prefix}`,
    about: totals ? count(totals.files, "Parquet file") : "no files yet",
    kind: "files",
  };
  const query = { title: table, about: "table in queries", kind: "files" };
  const place = source ? `${source.zone}/${source.prefix}` : "no source";
  return { from, middle, to: [files, query], place };
}

function draw(nodes, width, id) {
  const isNarrow = width < NARROW;
  const placed = isNarrow ? downwards(nodes, width) : sideways(nodes, width);
  const edges = placed.edges.map(([from, to]) => edge(from, to, isNarrow));
  const inputs = `${count(nodes.from.length, "input")} from ${nodes.place}, which the table below lists`;
  const label = `Lineage of ${id}: ${inputs}; its files lie in ${nodes.to[0].title}`;
  return svg(
    "svg",
    {
      class: "lineage",
      width,
      height: placed.height,
      viewBox: `0 0 ${width} ${placed.height}`,
      role: "img",
      "aria-label": label,
    },
    placed.headings.map(({ text, x }) => svg("text", { x, y: 12 }, text)),
    edges,
    placed.boxes.map(box),
  );
}

function sideways({ from, middle, to, place }, width) {
  const wide = (width - 2 * BOX.between) / 3;
  const tall = (amount) => amount * BOX.height + (amount - 1) * BOX.gap;
  const inner = Math.max(tall(from.length), tall(to.length), BOX.height);
  const column = (list, x) =>
    list.map((node, index) => ({
      ...node,
      x,
      y: HEADING + (inner - tall(list.length)) / 2 + index * (BOX.height + BOX.gap),
      width: wide,
    }));
  const inputs = column(from, 1);
  const [own] = column([middle], wide + BOX.between);
  const outputs = column(to, 2 * (wide + BOX.between) - 1);
  const headings = [
    [place, inputs[0]],
    ["data set", own],
    ["what came of it", outputs[0]],
  ].map(([text, { x }]) => ({ text, x }));
  return {
    height: HEADING + inner + 2,
    headings,
    boxes: [...inputs, own, ...outputs],
    edges: [...inputs.map((each) => [each, own]), ...outputs.map((each) => [own, each])],
  };
}

function downwards({ from, middle, to, place }, width) {
  const half = (width - BOX.gap) / 2 - 1;
  const rows = Math.ceil(from.length / 2);
  const pair = (list, top) =>
    list.map((node, index) => ({
      ...node,
      x: 1 + (index % 2) * (half + BOX.gap),
      y: top + Math.floor(index / 2) * (BOX.height + BOX.gap),
      width: half,
    }));
  const inputs = pair(from, HEADING);
  const top = HEADING + rows * (BOX.height + BOX.gap) + 30;
  const own = { ...middle, x: width * 0.15, y: top, width: width * 0.7 };
  const outputs = pair(to, top + BOX.height + 44);
  // Of two rows of inputs only the lower one has room for its lines.
  const last = inputs.slice((rows - 1) * 2);
  return {
    height: top + 2 * BOX.height + 46,
    headings: [{ text: place, x: 1 }],
    boxes: [...inputs, own, ...outputs],
    edges: [...last.map((each) => [each, own]), ...outputs.map((each) => [own, each])],
  };
}

function edge(from, to, isNarrow) {
  const heavy = 1.5 + Math.min(Math.log10((from.weight ?? 0) + 1), 6) * 0.6;
  let d;
  if (isNarrow) {
    const [x1, y1, x2, y2] = [from.x + from.width / 2, from.y + BOX.height, to.x + to.width / 2, to.y];
    d = `M${x1} ${y1}C${x1} ${(y1 + y2) / 2} ${x2} ${(y1 + y2) / 2} ${x2} ${y2}`;
  } else {
    const [x1, y1, x2, y2] = [from.x + from.width, from.y + BOX.height / 2, to.x, to.y + BOX.height / 2];
    d = `M${x1} ${y1}C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`;
  }
  return svg("path", { class: `edge ${from.kind}`, d, "stroke-width": heavy.toFixed(1) });
}

function box({ title, about, kind, x, y, width }) {
  return svg(
    "g",
    { class: `box ${kind}` },
    svg("title", {}, `${title}, ${about}`),
    svg("rect", { x, y, width, height: BOX.height, rx: 6 }),
    svg("text", { class: "name", x: x + 12, y: y + 19 }, fitting(title, width - 24, 7.6)),
    svg("text", { x: x + 12, y: y + 36 }, fitting(about, width - 24)),
  );
}
