// The clock of the step. The server gives the end once, in its own time; the phone counts, whatever its own clock says.
//
// <span class="clock" data-ends-at="…" data-remaining="…" data-running="1">8:12</span>   milliseconds

const CUE = 60_000; // ms: the minute that is announced

export function words(ms) {
  const seconds = Math.max(0, Math.ceil(Math.abs(ms) / 1000));
  return `${ms < 0 && seconds ? "+" : ""}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function startClock({ now, onCue }) {
  const offset = now - Date.now();
  let cued = null; // the end whose last minute was announced

  const tick = () => {
    for (const quiet of document.querySelectorAll("[data-quiet-until]")) {
      quiet.hidden = Number(quiet.dataset.quietUntil) < Date.now() + offset;
    }
    for (const clock of document.querySelectorAll(".clock")) {
      const { endsAt, remaining, running } = clock.dataset;
      if (!endsAt && !remaining) continue;
      const left = running === "1" ? Number(endsAt) - (Date.now() + offset) : Number(remaining);
      const text = words(left);
      if (clock.textContent !== text) clock.textContent = text;
      clock.classList.toggle("last-minute", running === "1" && left <= CUE && left > 0);
      clock.classList.toggle("over", left < 0);
      if (running === "1" && left <= CUE && left > CUE - 5_000 && cued !== endsAt) {
        cued = endsAt;
        onCue();
      }
    }
  };
  tick();
  setInterval(tick, 250); // a quarter: no second is ever seen to last two
  return tick;
}
