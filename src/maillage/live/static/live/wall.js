// The screen of a room has nobody to scroll it: what does not fit in one look is shown page after page.
// Any key, wheel or touch holds the page for a minute (WCAG 2.2.2); a new step begins again at the top.

const TURN = 14_000; // ms: time to read a page from the back of the room
const HELD = 60_000; // ms after somebody took over

const place = document.createElement("p");
place.className = "pages";
place.setAttribute("aria-hidden", "true");
place.hidden = true;
document.body.append(place);

let turned = Date.now();
let held = 0;
let step = "";

function pages() {
  const kept = document.querySelector(".now-line")?.offsetHeight ?? 0;
  const seen = Math.max(200, innerHeight - kept - 90); // px of a page that are new to the reader: its last lines come again
  const more = document.documentElement.scrollHeight - innerHeight;
  return more > 24 ? { count: 1 + Math.ceil(more / seen), seen, more } : { count: 1, seen, more: 0 };
}

function look() {
  const now = document.getElementById("shared")?.dataset.step ?? "";
  const { count, seen, more } = pages();
  document.body.classList.toggle("long", count > 1);
  if (now !== step || count === 1) {
    step = now;
    turned = Date.now();
    if (scrollY) scrollTo({ top: 0, behavior: "instant" });
  } else if (Date.now() - turned > TURN && Date.now() - held > HELD) {
    turned = Date.now();
    const last = scrollY >= more - 4;
    scrollTo({ top: last ? 0 : Math.min(scrollY + seen, more), behavior: "instant" });
  }
  const at = scrollY >= more - 4 ? count : 1 + Math.round(scrollY / seen);
  place.hidden = count === 1;
  const words = `${document.body.dataset.page} ${at} / ${count}`;
  if (place.textContent !== words) place.textContent = words;
}

for (const gesture of ["wheel", "keydown", "pointerdown", "touchmove"]) {
  addEventListener(gesture, () => { held = Date.now(); }, { passive: true });
}
setInterval(look, 1_000);
look();
