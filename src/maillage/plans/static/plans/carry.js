/* Carrying a person to another table: by mouse or finger on the handle, or by keyboard: Enter takes, arrows choose,
   Enter puts down, Escape gives up. What it would do is said before. Without this file, each name leads to a form. */
const plan = document.getElementById("plan-tables");
const say = document.getElementById("carry-said");
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
const EDGE = 90; // px from the top or the bottom of the screen
const BACK = "plan-back"; // where the focus goes when the page is there again
let carried = null; // { item, handle, slot, from, over, allowed, byKey, timer, asked, at, scrolling }

for (const handle of plan?.querySelectorAll(".carry") ?? []) {
  handle.hidden = false;
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    take(handle, false);
  });
  handle.addEventListener("pointermove", (event) => {
    if (!carried || carried.byKey || carried.handle !== handle) return;
    carried.moved = true;
    carried.at = [event.clientX, event.clientY];
    look();
    scrollOn(carried);
  });
  handle.addEventListener("pointerup", () => {
    if (!carried || carried.byKey) return;
    const link = carried.moved ? null : carried.item.querySelector("a");
    if (!link) return drop();
    giveUp();
    location.href = link.href; // touched, not carried: the person's page moves them too
  });
  handle.addEventListener("pointercancel", giveUp);
  handle.addEventListener("click", (event) => {
    event.preventDefault();
    if (event.detail !== 0) return; // a mouse: pointerdown has seen it
    if (carried) drop();
    else take(handle, true);
  });
  handle.addEventListener("keydown", (event) => {
    if (!carried?.byKey) return;
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const places = [...plan.querySelectorAll(`[data-slot="${carried.slot}"]`)];
      const here = places.indexOf(carried.over ?? carried.from);
      over(places[(here + step + places.length) % places.length]);
      carried.over?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Escape") {
      event.preventDefault();
      giveUp();
    }
  });
  handle.addEventListener("blur", () => { if (carried?.byKey) giveUp(); });
}
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && carried) giveUp(); });
document.addEventListener("submit", (event) => {
  const back = event.submitter?.dataset.back ?? event.target.dataset.back;
  if (back) sessionStorage.setItem(BACK, back);
});
comeBack();

function take(handle, byKey) {
  giveUp();
  const item = handle.closest("li");
  const from = item.closest("[data-place]");
  carried = { item, handle, from, slot: from.dataset.slot, over: null, allowed: false, byKey, asked: 0 };
  item.classList.add("carried");
  handle.setAttribute("aria-pressed", "true");
  say.textContent = byKey ? say.dataset.keys : say.dataset.pointer;
}

function over(place) {
  if (carried.over === place) return;
  carried.over?.classList.remove("over", "refused");
  carried.over = place;
  carried.allowed = false;
  clearTimeout(carried.timer);
  if (!place) return;
  place.classList.add("over");
  const name = place.dataset.name;
  if (place === carried.from) {
    say.textContent = `${name}\u00a0: ${say.dataset.same}`;
    return;
  }
  say.textContent = `${name}…`;
  const asked = ++carried.asked;
  const mine = carried;
  carried.timer = setTimeout(async () => {
    const answer = await post(mine, place, "effect");
    if (carried !== mine || asked !== mine.asked || mine.over !== place) return;
    mine.allowed = answer.allowed === true;
    place.classList.toggle("refused", !mine.allowed);
    say.textContent = `${name}\u00a0: ${answer.sentence}`;
  }, 120);
}

async function drop() {
  const mine = carried;
  if (!mine.over || mine.over === mine.from) return giveUp();
  clearTimeout(mine.timer);
  const answer = await post(mine, mine.over, "move");
  if (answer.ask) {
    location.href = answer.ask; // a size that is only supposed: the question has its page
    return;
  }
  if (answer.sentence) {
    mine.over.classList.add("refused");
    giveUp();
    say.textContent = answer.sentence;
    return;
  }
  sessionStorage.setItem(BACK, answer.anchor);
  location.hash = answer.anchor;
  location.reload();
}

function giveUp() {
  if (!carried) return;
  clearTimeout(carried.timer);
  carried.over?.classList.remove("over", "refused");
  carried.item.classList.remove("carried");
  carried.handle.removeAttribute("aria-pressed");
  carried = null;
  say.textContent = "";
}

async function post(mine, place, action) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token);
  body.set("place", place.dataset.place);
  body.set("action", action);
  try {
    const response = await fetch(mine.handle.dataset.move, { method: "POST", body });
    return await response.json();
  } catch {
    return { allowed: false, sentence: say.dataset.lost };
  }
}

function look() {
  const under = document.elementFromPoint(...carried.at)?.closest("[data-place]");
  over(under && under.dataset.slot === carried.slot ? under : null);
}

/* Near an edge the page goes on by itself: a finger held still does not move, and a phone shows one table at a time. */
function scrollOn(mine) {
  if (mine.scrolling) return;
  mine.scrolling = true;
  requestAnimationFrame(() => {
    mine.scrolling = false;
    if (carried !== mine) return;
    const y = mine.at[1];
    const step = y < EDGE ? y - EDGE : Math.max(0, y - window.innerHeight + EDGE);
    const before = window.scrollY;
    if (step) window.scrollBy({ top: step / 4, behavior: "instant" });
    if (window.scrollY === before) return;
    look();
    scrollOn(mine);
  });
}

/* The page came back after a move, an undo or a lock: the keyboard goes on from there. Once all is loaded, for the
   browser takes the focus off everything when it goes to the anchor of the address. */
function comeBack() {
  const anchor = sessionStorage.getItem(BACK);
  sessionStorage.removeItem(BACK);
  const there = anchor && document.getElementById(anchor);
  const focus = () => (there?.querySelector(".carry, button") ?? there)?.focus({ preventScroll: true });
  if (!there) return;
  if (document.readyState === "complete") focus();
  else addEventListener("load", () => requestAnimationFrame(focus), { once: true });
}
