/** Pictures drawn for the width there is, and anew for another, so that their texts keep the size of the page's. */

import { fill, h } from "../dom.js";

export function sized(draw) {
  const element = h("div", { class: "picture" });
  let known = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (!width || width === known) return;
    known = width;
    fill(element, draw(width));
  }).observe(element);
  return element;
}

/** A text that fits about so many pixels. */
export function fitting(text, pixels, perLetter = 7) {
  const most = Math.max(Math.floor(pixels / perLetter), 3);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
