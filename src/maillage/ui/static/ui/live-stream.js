// One live stream for this tab: opens it, reopens it, asks for what was missed, says how the line is.
//
//   const line = connect("/live/SESSION/stream", { after: 431, onMessage, onState });
//   onMessage({ id, event, data })          every event of the stream, in order, heartbeats included
//   onState("online" | "reconnecting" | "offline" | "ended", status, sentence)     the server's own, once ended
//   line.last                               the last id received     line.close()
//
// Read with fetch rather than EventSource, which hides the status of an answer (a revoked seat, a closed session)
// and the comments that prove a line is alive. Why: docs/decisions/0001-live-stream-client.md.

const FIRST_BYTE = 8_000; // ms; a proxy that holds the stream back shows itself by then
const SILENCE = 40_000; // ms; the server speaks every 15 s, so two missed beats and a margin: a phone that changed antenna
const HIDDEN = 30_000; // ms; a glance at another tab costs nothing, a phone in a pocket holds no stream
const POLL = 3_000; // ms between two questions where streams do not pass
const STREAM_AGAIN = 60_000; // ms of polling before a stream is tried again, doubled each time
const STREAM_RARELY = 600_000; // ms; each try costs eight seconds without news
const STEADY = 5_000; // ms; a line that held this long was a good one
const FIRST_RETRY = 250; // ms, doubled at each failure
const LONGEST_RETRY = 1_000; // ms; a restarted server has all its screens back within 3 s
const LONGEST_SPREAD = 3_000; // ms; unless it asked for longer
const GIVEN_UP = 120_000; // ms; then it is no restart, and a room of phones must not hammer the network
const LONGEST_RETRY_THEN = 15_000; // ms
const OFFLINE = 10_000; // ms without contact before we say so
const FINAL = new Set([401, 403, 404, 410]); // asking again would get the same answer

class Ended extends Error {
  constructor(status, sentence) {
    super(`ended: ${status}`);
    Object.assign(this, { status, sentence });
  }
}

// Server-sent events, lines ended by \n or \r\n. A message cut in the middle is never given out, nor its id kept.
export function parser(emit, onRetry = () => {}) {
  let rest = "";
  let message = { event: "message", data: [] };
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const [, field, value] = /^([^:]*)(?:: ?(.*?))?\r?$/s.exec(line);
      if (field === "data") message.data.push(value ?? "");
      else if (field === "id" || field === "event") message[field] = value ?? "";
      else if (field === "retry") onRetry(Number(value) || 0);
      else if (line.trim() === "") {
        if (message.data.length) emit({ ...message, data: message.data.join("\n") });
        message = { event: "message", data: [] };
      }
    }
  };
}

export function connect(url, { after = 0, onMessage, onState = () => {} }) {
  const address = new URL(url, location.href);
  let last = String(after);
  let state = null;
  let lostAt = 0; // when contact was lost; 0 while there is some
  let failures = 0;
  let spread = 0; // ms over which the server wants its phones back: it knows how many they are
  let pollUntil = 0;
  let streamAgain = STREAM_AGAIN;
  let hiddenAt = 0;
  let hideTimer = 0;
  let wake = () => {};
  let running = null; // aborts the loop; null while closed
  let over = false;

  const say = (next, ...more) => {
    if (next !== state) onState((state = next), ...more);
  };

  const receive = (message) => {
    if (message.id) last = message.id;
    try {
      onMessage(message);
    } catch (error) {
      setTimeout(() => { throw error; }); // reported, and the stream goes on
    }
  };

  const contact = () => {
    lostAt = 0;
    say("online");
  };

  const pause = (ms, signal) =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener("abort", end);
      wake = end;
    });

  // Does `work` under a signal that fires with the loop's own, or when the time last given to `again` is over.
  const limited = async (signal, ms, work) => {
    const attempt = new AbortController();
    const cut = () => attempt.abort();
    let timer = setTimeout(cut, ms);
    signal.addEventListener("abort", cut);
    try {
      await work(attempt.signal, (longer) => {
        clearTimeout(timer);
        timer = setTimeout(cut, longer);
      });
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", cut);
    }
  };

  const ask = async (where, signal) => {
    const answer = await fetch(where, { signal, cache: "no-store", headers: { Accept: "text/event-stream" } });
    if (FINAL.has(answer.status)) {
      const { sentence = "" } = await answer.json().catch(() => ({}));
      throw new Ended(answer.status, sentence);
    }
    // a captive portal answers 200 with a page of its own
    const ours = answer.status === 204 || answer.headers.get("Content-Type")?.startsWith("text/event-stream");
    if (!answer.ok || !ours) throw new Error(`status ${answer.status}`);
    return answer;
  };

  const stream = (loop) => {
    let heard = 0;
    address.searchParams.set("after", last);
    return limited(loop, FIRST_BYTE, async (signal, again) => {
      const feed = parser(receive, (ms) => { spread = Math.min(ms, LONGEST_SPREAD); });
      const decoder = new TextDecoder();
      const reader = (await ask(address, signal)).body.getReader();
      for (let part = await reader.read(); !part.done && !signal.aborted; part = await reader.read()) {
        again(SILENCE);
        if (!heard) contact();
        heard ||= Date.now();
        feed(decoder.decode(part.value, { stream: true }));
      }
    }).catch((error) => {
      // our own clock cut it before the first byte: the way is open, but streams do not pass
      if (error.name === "AbortError" && !loop.aborted && !heard) {
        pollUntil = Date.now() + streamAgain;
        streamAgain = Math.min(streamAgain * 2, STREAM_RARELY);
      }
      throw error;
    }).finally(() => {
      // a line that falls as soon as it is taken is a failure too, or we would retry it for ever without a pause
      if (heard && Date.now() - heard > STEADY) failures = 0;
    });
  };

  const poll = (loop) =>
    limited(loop, FIRST_BYTE, async (signal) => {
      const answer = await ask(new URL(`since/${encodeURIComponent(last)}`, address), signal);
      const text = await answer.text();
      contact();
      parser(receive)(text);
    });

  const run = async (loop) => {
    while (!loop.aborted) {
      const polling = Date.now() < pollUntil;
      try {
        await (polling ? poll(loop) : stream(loop));
      } catch (error) {
        if (error instanceof Ended && !loop.aborted) {
          close();
          say("ended", error.status, error.sentence);
        } else if (polling) pollUntil = 0; // the way itself is closed: begin again with a stream
      }
      if (loop.aborted) return;
      if (Date.now() < pollUntil) {
        if (polling) await pause(POLL * (0.8 + 0.4 * Math.random()), loop);
        continue;
      }
      lostAt ||= Date.now();
      const lost = Date.now() - lostAt;
      say(lost > OFFLINE || navigator.onLine === false ? "offline" : "reconnecting");
      const longest = lost > GIVEN_UP ? LONGEST_RETRY_THEN : LONGEST_RETRY;
      // drawn: a thousand phones do not come back in the same instant, and nobody comes back to a server that is closing
      const wait = Math.min(FIRST_RETRY * 2 ** failures++, longest);
      await pause(wait * (0.5 + 0.5 * Math.random()) + spread * Math.random(), loop);
    }
  };

  const start = () => {
    if (running || over) return;
    running = new AbortController();
    run(running.signal);
  };

  const stop = () => {
    running?.abort();
    running = null;
  };

  const restart = () => {
    stop();
    failures = lostAt = 0;
    if (state) say("reconnecting");
    start();
  };

  const onVisibility = () => {
    clearTimeout(hideTimer);
    if (document.hidden) {
      hiddenAt = Date.now();
      hideTimer = setTimeout(stop, HIDDEN);
    } else if (!running || (hiddenAt && Date.now() - hiddenAt > HIDDEN)) restart(); // a frozen page ran no timer
    else wake();
  };
  const onShow = (event) => event.persisted && restart();
  const onNetwork = () => wake();

  const close = () => {
    over = true;
    clearTimeout(hideTimer);
    stop();
    document.removeEventListener("visibilitychange", onVisibility);
    removeEventListener("pagehide", stop);
    removeEventListener("pageshow", onShow);
    removeEventListener("online", onNetwork);
  };

  document.addEventListener("visibilitychange", onVisibility);
  addEventListener("pagehide", stop);
  addEventListener("pageshow", onShow);
  addEventListener("online", onNetwork);
  start();
  if (document.hidden) onVisibility();

  return { close, get last() { return last; } };
}
