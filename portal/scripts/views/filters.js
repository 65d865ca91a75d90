/** The bar above the list: what a name begins with, owner, zone, tags. */

import { fill, h } from "../dom.js";

const PATIENCE_MILLISECONDS = 250;

/**
 * `zones` are those to choose from. `changed(wanted)` hears of each change, of typing when it pauses; `add(tag)` adds a
 * tag from elsewhere.
 */
export function filters(first, zones, changed) {
  const tags = [...first.tag];
  let timer;
  const now = () => (clearTimeout(timer), changed(wanted()));
  const soon = () => (clearTimeout(timer), (timer = setTimeout(now, PATIENCE_MILLISECONDS)));
  const prefix = h("input", {
    type: "search",
    id: "prefix",
    value: first.prefix,
    maxlength: "60",
    oninput: soon,
    placeholder: "e.g. flights",
  });
  const owner = h("input", { type: "search", id: "owner", value: first.owner, onchange: now });
  const zone = h(
    "select",
    { id: "zone", onchange: now },
    h("option", { value: "" }, "All"),
    zones.map((name) => h("option", { value: name, selected: name === first.zone }, name)),
  );
  const archived = h("input", { type: "checkbox", id: "archived", checked: first.archived === "true", onchange: now });
  const tag = h("input", { id: "tag", placeholder: "key=value", autocomplete: "off", "aria-describedby": "tag-hint" });
  const hint = h("span", { id: "tag-hint", class: "unseen" }, "Enter adds the tag");
  const chosen = h("ul", { class: "chosen", "aria-label": "Tags that are asked for" });

  function wanted() {
    const given = archived.checked ? "true" : "";
    return {
      prefix: prefix.value.trim(),
      owner: owner.value.trim(),
      zone: zone.value,
      tag: [...tags],
      archived: given,
    };
  }

  function add(text) {
    if (tags.includes(text)) return;
    tags.push(text);
    draw();
    // Pressed in a row, which will be gone.
    if (!element.contains(document.activeElement)) chosen.lastChild.firstChild.focus();
    now();
  }

  function remove(text) {
    tags.splice(tags.indexOf(text), 1);
    draw();
    tag.focus();
    now();
  }

  function draw() {
    const mark = (text) =>
      h(
        "button",
        { type: "button", class: "tag", "aria-label": `Without the tag ${text}`, onclick: () => remove(text) },
        `${text} ×`,
      );
    fill(
      chosen,
      tags.map((text) => h("li", {}, mark(text))),
    );
    chosen.hidden = !tags.length;
  }

  function submit(event) {
    event.preventDefault();
    const text = tag.value.trim();
    if (text && !/^[^=]+=.+$/.test(text)) return refuse();
    tag.removeAttribute("aria-invalid");
    tag.value = "";
    if (text) return add(text);
    now();
  }

  function refuse() {
    tag.setAttribute("aria-invalid", "true");
    hint.className = "fine wrong";
    hint.textContent = "A tag is given as key=value.";
    tag.focus();
  }

  draw();
  const field = (label, input, ...more) =>
    h("div", { class: "field" }, h("label", { for: input.id }, label), input, more);
  const element = h(
    "form",
    { class: "filters", role: "search", "aria-label": "Data sets", onsubmit: submit },
    field("Name begins with", prefix),
    field("Owner", owner),
    field("Zone", zone),
    field("Tag", tag, hint),
    h("div", { class: "check" }, archived, h("label", { for: "archived" }, "Archived too")),
    h("button", { class: "unseen", tabindex: "-1" }, "Search"),
    chosen,
  );
  return { element, wanted, add };
}
