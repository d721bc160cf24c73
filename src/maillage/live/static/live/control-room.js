// The control room reads itself again: numbers and calls for help only, so a page every few seconds is enough.

import { replaceById } from "../ui/replace-by-id.js";

const EVERY = 2_000; // ms: a room that asks for help does not wait for the next look

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["calling", "condition", "rooms"]) {
      const part = page.getElementById(id);
      if (part) replaceById(part.outerHTML);
    }
  } catch {
    // the next turn asks again
  }
}

setInterval(refresh, EVERY);
document.addEventListener("visibilitychange", refresh);
