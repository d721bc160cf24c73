// The call for help of who leads: one tap, said at once; the answer of the control room comes by the screen's own line.

import { replaceById } from "../ui/replace-by-id.js";

const EVERY = 15_000; // ms: « depuis 3 min » stays true, and a line that lost a word is made good
const WAIT = 8_000; // ms before we say that nothing got through

const part = () => document.getElementById("help");

async function ask(options = {}) {
  const signal = AbortSignal.timeout?.(WAIT);
  const answer = await fetch(part().dataset.url, { cache: "no-store", headers: { "X-Part": "help" }, signal, ...options });
  const html = await answer.text();
  if (!html.includes('id="help"')) throw new Error(`status ${answer.status}`);
  replaceById(html);
}

const refresh = () => {
  if (part() && !document.hidden) ask().catch(() => {}); // the next turn asks again
};

document.addEventListener("submit", async (event) => {
  if (!part()?.contains(event.target)) return;
  event.preventDefault();
  const body = new FormData(event.target);
  if (event.submitter) body.append(event.submitter.name, event.submitter.value);
  const refused = part().querySelector("[role=alert]");
  try {
    await ask({ method: "POST", body });
    if (document.activeElement === document.body) part().focus({ preventScroll: true }); // its button is gone
  } catch {
    refused.textContent = part().dataset.unsent;
    refused.hidden = false;
  }
});

document.addEventListener("live:help", refresh);
document.addEventListener("visibilitychange", refresh);
setInterval(refresh, EVERY);
