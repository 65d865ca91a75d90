/** Bars from left to right, one for each name: what fits names on a phone too. */

import { svg } from "../dom.js";
import { number, short } from "../format.js";
import { fitting } from "./sized.js";

const LINE = 24;
const VALUE = 56;
const MOST_LABEL = 180;

/** `points` are `{label, value}`; values below zero go to the left of the axis. */
export function bars(points, width, label) {
  const labels = Math.min(MOST_LABEL, width * 0.35, 12 + 8.5 * Math.max(...points.map((point) => point.label.length)));
  const low = Math.min(0, ...points.map((point) => point.value));
  const high = Math.max(0, ...points.map((point) => point.value));
  const room = width - labels - VALUE;
  const x = (value) => labels + ((value - low) / (high - low || 1)) * room;
  const height = points.length * LINE + 4;
  const drawn = points.map((point, index) => {
    const [left, right] = [x(Math.min(point.value, 0)), x(Math.max(point.value, 0))];
    const middle = index * LINE + LINE / 2 + 2;
    return svg(
      "g",
      {},
      svg("title", {}, `${point.label}: ${number(point.value)}`),
      svg(
        "text",
        { class: "label", x: labels - 8, y: middle, "text-anchor": "end", "dominant-baseline": "central" },
        fitting(point.label, labels - 8),
      ),
      svg("rect", { class: "bar", x: left, y: middle - 8, width: Math.max(right - left, 1), height: 16, rx: 2 }),
      svg("text", { x: right + 6, y: middle, "dominant-baseline": "central" }, short(point.value)),
    );
  });
  const axis = svg("line", { class: "axis", x1: x(0), x2: x(0), y1: 0, y2: height });
  return svg(
    "svg",
    { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    drawn,
    axis,
  );
}
