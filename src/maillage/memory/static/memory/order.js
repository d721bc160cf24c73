/* A kept sentence carried to another place of its list, by mouse or finger. By keyboard and without this file: « Monter »
   and « Descendre ». Putting it down sends the page's one form, with all that is typed in it. */
let carried = null; // { handle, item, list, place }: place, of the row it would take, or null

for (const handle of document.querySelectorAll("[data-order] .carry")) {
  handle.hidden = false;
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    const item = handle.closest("li");
    carried = { handle, item, list: item.parentElement, place: null };
    item.classList.add("carried");
  });
  handle.addEventListener("pointermove", (event) => {
    if (carried?.handle === handle) look(event.clientY);
  });
  handle.addEventListener("pointerup", () => {
    if (carried?.handle === handle) drop();
  });
  handle.addEventListener("pointercancel", giveUp);
}
document.addEventListener("keydown", (event) => { if (event.key === "Escape") giveUp(); });

// Rows stay where they are meanwhile (one that moves would let go of the finger): a line says where it would come.
function look(y) {
  const rows = [...carried.list.children];
  const here = rows.indexOf(carried.item);
  const middle = (row) => { const box = row.getBoundingClientRect(); return box.top + box.height / 2; };
  const above = rows.filter((row) => row !== carried.item && middle(row) < y).length;
  carried.place = above === here ? null : above;
  for (const row of rows) row.classList.remove("carry-above", "carry-below");
  if (carried.place === null) return;
  rows[above].classList.add(above < here ? "carry-above" : "carry-below");
}

function drop() {
  const { handle, item, place } = carried;
  giveUp();
  if (place === null) return;
  const button = document.createElement("button");
  button.name = "place";
  button.value = `${handle.dataset.sentence}:${place}`;
  button.hidden = true;
  button.setAttribute("formaction", `#${item.id}`);
  item.append(button);
  item.closest("form").requestSubmit(button);
}

function giveUp() {
  if (!carried) return;
  for (const row of carried.list.children) row.classList.remove("carried", "carry-above", "carry-below");
  carried = null;
}
