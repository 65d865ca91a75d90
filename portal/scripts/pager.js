/** Long lists, a page at a time: "More" asks for the next by the cursor of the last. */

import { fill, focusOn, h, pressed } from "./dom.js";
import { notice } from "./problem.js";

/**
 * What stands below a list. `load(cursor)` gives a page, `add(page)` shows it and says how many that were. A page
 * that the API had nothing for is followed by the next at once. `given` is the first page, if it is there already.
 */
export async function pager({ load, add, announce, again, given }) {
  const foot = h("div", { class: "pager" });

  async function next(cursor) {
    let added = 0;
    let page;
    do {
      page = cursor || !given ? await load(cursor) : given;
      added += add(page);
      cursor = page.cursor;
    } while (cursor && !added);
    return { added, cursor };
  }

  function offer(cursor) {
    const more = h("button", { onclick: () => pressed(more, () => follow(cursor)) }, "More");
    fill(foot, more);
    return more;
  }

  async function follow(cursor) {
    try {
      const { added, cursor: following } = await next(cursor);
      announce(`${added} more shown${following ? "" : ", which are all"}`);
      if (following) return offer(following).focus();
      const end = h("p", { class: "fine" }, "These are all.");
      fill(foot, end);
      focusOn(end);
    } catch (error) {
      fill(foot, notice(error, error.status === 401 ? again("Sign in again") : offer(cursor)));
    }
  }

  const first = await next(null);
  if (first.cursor) offer(first.cursor);
  return { foot, count: first.added, isAll: !first.cursor };
}
