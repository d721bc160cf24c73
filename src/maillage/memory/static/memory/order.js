/* A kept sentence carried to another place of its list, by mouse or finger. By keyboard and without this file: « Monter »
   and « Descendre ». Putting it down sends the page's one form, with all that is typed in it. */
let carried = null; // { item, list, from }

for (const handle of document.querySelectorAll("[data-order] .carry")) {
  handle.hidden = false;
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    const item = handle.closest("li");
    carried = { item, list: item.parentElement, from: item.nextElementSibling };
    item.classList.add("carried");
  });
  handle.addEventListener("pointermove", (event) => {
    if (carried?.item !== handle.closest("li")) return;
    const under = [...carried.list.children].find((other) => {
      const box = other.getBoundingClientRect();
      return event.clientY >= box.top && event.clientY <= box.bottom;
    });
    if (!under || under === carried.item) return;
    const box = under.getBoundingClientRect();
    const after = event.clientY > box.top + box.height / 2;
    carried.list.insertBefore(carried.item, after ? under.nextElementSibling : under);
  });
  handle.addEventListener("pointerup", () => {
    if (!carried) return;
    const { item, list, from } = carried;
    carried = null;
    item.classList.remove("carried");
    if (item.nextElementSibling === from) return; // where it was
    const button = document.createElement("button");
    button.name = "place";
    button.value = `${handle.dataset.sentence}:${[...list.children].indexOf(item)}`;
    button.hidden = true;
    button.setAttribute("formaction", `#${item.id}`);
    item.append(button);
    item.closest("form").requestSubmit(button);
  });
  handle.addEventListener("pointercancel", giveUp);
}
document.addEventListener("keydown", (event) => { if (event.key === "Escape") giveUp(); });

function giveUp() {
  if (!carried) return;
  carried.item.classList.remove("carried");
  carried.list.insertBefore(carried.item, carried.from);
  carried = null;
}
