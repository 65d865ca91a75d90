/** A small histogram: how the values of a column are spread. */

import { svg } from "../dom.js";
import { number, short } from "../format.js";

const WIDTH = 260;
const HEIGHT = 56;
const LABELS = 16;
const GAP = 1.5;
const WIDEST = 44;

/** `least` and `greatest` are the ends of the values, as texts: edges lie around them. */
export function histogram(name, { edges, counts }, least, greatest) {
  const most = Math.max(...counts, 1);
  const step = WIDTH / counts.length;
  const width = Math.min(Math.max(step - GAP, 1), WIDEST);
  const bars = counts.map((count, index) => {
    // What is there is seen, however little it is.
    const height = count ? Math.max((HEIGHT * count) / most, 1.5) : 0;
    const range = `${short(edges[index])} to ${short(edges[index + 1])}: ${number(count)}`;
    return svg(
      "g",
      {},
      svg("title", {}, range),
      svg("rect", { class: "catch", x: index * step, y: 0, width: step, height: HEIGHT }),
      svg("rect", { class: "bar", x: index * step + (step - width) / 2, y: HEIGHT - height, width, height, rx: 1 }),
    );
  });
  const peak = counts.indexOf(Math.max(...counts));
  const crowd = `most between ${short(edges[peak])} and ${short(edges[peak + 1])}`;
  const label = `Histogram of ${name}: from ${least} to ${greatest}, ${crowd}`;
  return svg(
    "svg",
    { class: "histogram", viewBox: `0 0 ${WIDTH} ${HEIGHT + LABELS}`, role: "img", "aria-label": label },
    bars,
    svg("line", { class: "axis", x1: 0, x2: WIDTH, y1: HEIGHT + 0.5, y2: HEIGHT + 0.5 }),
    svg("text", { x: 0, y: HEIGHT + LABELS - 3 }, least),
    svg("text", { x: WIDTH, y: HEIGHT + LABELS - 3, "text-anchor": "end" }, greatest),
  );
}
