/** A line over numbers or days, with a scale of round values. */

import { svg } from "../dom.js";
import { number, short } from "../format.js";

const HEIGHT = 240;
const EDGE = { left: 52, right: 16, top: 12, bottom: 28 };
const MOST_DOTS = 80;
const LABEL_PIXELS = 7;

/** `points` are `{label, at, value}` in the order of `at`. */
export function line(points, width, label) {
  const values = points.map((point) => point.value);
  const ticks = roundTicks(Math.min(0, ...values), Math.max(0, ...values));
  const [low, high] = [ticks[0], ticks.at(-1)];
  const [from, to] = [points[0].at, points.at(-1).at];
  const x = (at) => EDGE.left + ((at - from) / (to - from || 1)) * (width - EDGE.left - EDGE.right);
  const y = (value) => HEIGHT - EDGE.bottom - ((value - low) / (high - low || 1)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const path = points
    .map((point, index) => `${index ? "L" : "M"}${x(point.at).toFixed(1)} ${y(point.value).toFixed(1)}`)
    .join("");
  const dots = points.length > MOST_DOTS ? [] : points.map((point) => dot(point, x(point.at), y(point.value)));
  return svg(
    "svg",
    { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": label },
    ticks.map((tick) => rule(tick, y(tick), width)),
    svg("path", { class: "area", d: `${path}L${x(to)} ${y(Math.max(low, 0))}L${x(from)} ${y(Math.max(low, 0))}Z` }),
    svg("path", { class: "line", d: path }),
    dots,
    labelled(points, (point) => x(point.at)).map((point) => below(point, x(point.at), x(from), x(to))),
  );
}

function dot(point, cx, cy) {
  const title = svg("title", {}, `${point.label}: ${number(point.value)}`);
  return svg(
    "g",
    {},
    title,
    svg("circle", { class: "dot", cx, cy, r: 3 }),
    svg("circle", { class: "catch", cx, cy, r: 9 }),
  );
}

function rule(tick, y, width) {
  return svg(
    "g",
    {},
    svg("line", { class: tick === 0 ? "axis" : "grid", x1: EDGE.left, x2: width - EDGE.right, y1: y, y2: y }),
    svg("text", { x: EDGE.left - 8, y, "text-anchor": "end", "dominant-baseline": "central" }, short(tick)),
  );
}

function below(point, x, first, last) {
  const anchor = x === first ? "start" : x === last ? "end" : "middle";
  return svg("text", { x, y: HEIGHT - 8, "text-anchor": anchor }, point.label);
}

/** The first, the last, and of those between as many as have room for their labels. */
function labelled(points, x) {
  const last = points.at(-1);
  const wide = LABEL_PIXELS * Math.max(...points.map((point) => point.label.length)) + 24;
  const chosen = [points[0]];
  // Those at the ends begin and end there, and reach further than half their width.
  let free = x(points[0]) + 1.5 * wide;
  for (const point of points.slice(1, -1)) {
    if (x(point) < free || x(point) > x(last) - 1.5 * wide) continue;
    chosen.push(point);
    free = x(point) + 1.4 * wide;
  }
  return points.length > 1 ? [...chosen, last] : chosen;
}

/** About five values, all of them multiples of 1, 2 or 5 times a power of ten, that reach around both ends. */
function roundTicks(low, high) {
  const rough = (high - low || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((each) => each * power >= rough) * power;
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step) || 1;
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}
