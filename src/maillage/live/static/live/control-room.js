// The control room reads itself again: numbers only, so a page every few seconds is enough.

import { replaceById } from "../ui/replace-by-id.js";

const EVERY = 4_000; // ms

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const rooms = page.getElementById("rooms");
    if (rooms) replaceById(rooms.outerHTML);
  } catch {
    // the next turn asks again
  }
}

setInterval(refresh, EVERY);
