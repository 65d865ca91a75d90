/** Elements made of data. Texts become text nodes: nothing in them is ever read as markup. */

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element; attributes that are null or false are left out, `onclick` and the like are listeners. */
export function h(name, attributes, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** An SVG element. */
export function svg(name, attributes, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

/** Put children in the place of what an element has. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

/** A link that leaves the page's own addresses; one that is no web address leads nowhere. */
export function outward(address, attributes, ...children) {
  const { protocol } = new URL(address, location.href);
  const href = ["https:", "http:"].includes(protocol) ? address : null;
  return h("a", { ...attributes, href, rel: "noreferrer" }, ...children);
}

/** Save what an address gives as a file; the server says under which name. */
export function download(address) {
  const link = outward(address, { class: "unseen", download: "" });
  document.body.append(link);
  link.click();
  link.remove();
}

/** Move the focus to what takes none by itself. */
export function focusOn(element, options) {
  element?.setAttribute("tabindex", "-1");
  element?.focus(options);
}

/** Mark the link of the page that is shown; returns it, if it is among them. */
export function markCurrent(links, isCurrent) {
  for (const link of links) {
    if (isCurrent(link)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  return links.find(isCurrent);
}

/** Act once, however often a button is pressed meanwhile. Not `disabled`, by which it would lose the focus. */
export async function pressed(button, act) {
  if (button.getAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  try {
    await act();
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

/** A term of a `dl`, and what it is. */
export function entry(label, value, kind = null) {
  return h("div", { class: kind }, h("dt", {}, label), h("dd", {}, value));
}

/** A text of the API's, in which backticks enclose what is quoted. */
export function quoting(text) {
  return text.split("`").map((part, index) => (index % 2 ? h("code", {}, part) : part));
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}
