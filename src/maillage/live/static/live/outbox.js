// What a person sends waits here, on the phone, until the server has answered for it. Closing the tab loses nothing.
//
//   const box = openOutbox(sessionId, { url, onChange, onAnswer });
//   box.send({ key, kind, payload, form })      kept first, then sent
//   onChange(waiting)                           how many still wait
//   onAnswer(move, status, answer)              the server's word; a refused move is handed back, never dropped in silence
//
// The key makes a repeat harmless, so two tabs may both send what is waiting.

const STORE = "moves";
const FIRST_RETRY = 500; // ms, doubled at each failure
const LONGEST_RETRY = 8_000; // ms
const PATIENCE = 15_000; // ms before a send that got no answer is tried again
const LATER = new Set([408, 425, 429, 500, 502, 503, 504]); // the server said « not now »: the same move is asked again

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("maillage-outbox", 1);
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore(STORE, { keyPath: "key" });
      store.createIndex("session", "session");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// Private windows of some phones have no IndexedDB: the box then lives as long as the page.
function memoryStore() {
  const moves = new Map();
  return {
    put: async (move) => moves.set(move.key, move),
    remove: async (key) => moves.delete(key),
    all: async () => [...moves.values()],
  };
}

async function openStore(session) {
  let database;
  try {
    database = await openDatabase();
  } catch {
    return memoryStore();
  }
  const run = (mode, work) =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  return {
    put: (move) => run("readwrite", (store) => store.put(move)),
    remove: (key) => run("readwrite", (store) => store.delete(key)),
    all: async () => {
      const moves = await run("readonly", (store) => store.index("session").getAll(session));
      return moves.sort((a, b) => a.at - b.at);
    },
  };
}

export function openOutbox(session, { url, onChange, onAnswer }) {
  const ready = openStore(session);
  let sending = false;
  let asked = false; // somebody sent while we were at it
  let failures = 0;
  let timer = 0;

  const post = async (move) => {
    const cut = new AbortController();
    const limit = setTimeout(() => cut.abort(), PATIENCE);
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ key: move.key, kind: move.kind, payload: move.payload }),
        signal: cut.signal,
        cache: "no-store",
      });
      const ours = answer.headers.get("Content-Type")?.startsWith("application/json"); // not a captive portal's page
      return ours && !LATER.has(answer.status) ? { status: answer.status, ...(await answer.json()) } : null;
    } catch {
      return null; // no network, or no answer in time: the move may or may not be there, its key tells
    } finally {
      clearTimeout(limit);
    }
  };

  const flush = async () => {
    asked = true;
    if (sending) return;
    sending = true;
    clearTimeout(timer);
    const store = await ready;
    let waiting = [];
    while (asked || waiting.length) {
      asked = false;
      waiting = await store.all();
      onChange(waiting.length);
      if (!waiting.length) continue;
      const move = waiting[0];
      const answer = await post(move);
      if (answer === null) {
        timer = setTimeout(flush, Math.min(FIRST_RETRY * 2 ** failures++, LONGEST_RETRY) * (0.5 + 0.5 * Math.random()));
        break;
      }
      failures = 0;
      await store.remove(move.key);
      onAnswer(move, answer.status, answer);
    }
    sending = false;
  };

  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  flush();

  return {
    flush,
    async send(move) {
      const store = await ready;
      await store.put({ ...move, session, at: Date.now() });
      await flush();
    },
  };
}

export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
