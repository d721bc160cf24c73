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
const SLOW_DISK = 1_000; // ms a copy on the phone is waited for: a disk that fails or dawdles keeps nobody from being heard
const PATIENCE = 10_000; // ms before a send that got no answer is tried again
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
  const waiting = new Map(); // key → move, in the order they were made
  const answered = new Set(); // keys: a copy read late is not sent again
  const ready = openStore(session); // their copies, for the next page
  let sending = false;
  let failures = 0;
  let timer = 0;

  const soon = (work) => Promise.race([work.catch(() => {}), new Promise((done) => setTimeout(done, SLOW_DISK))]);

  // What an earlier page, or another tab, left: older than anything made here since.
  const load = async () => {
    const left = (await (await ready).all()).filter(({ key }) => !waiting.has(key) && !answered.has(key));
    if (!left.length) return;
    const here = [...waiting.values()];
    waiting.clear();
    for (const move of [...left, ...here].sort((a, b) => a.at - b.at)) waiting.set(move.key, move);
    flush();
  };

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
    if (sending) return; // what was just made is seen by the turn that is on
    sending = true;
    clearTimeout(timer);
    for (let move; (move = waiting.values().next().value); ) {
      onChange(waiting.size);
      const answer = await post(move);
      if (answer === null) {
        timer = setTimeout(flush, Math.min(FIRST_RETRY * 2 ** failures++, LONGEST_RETRY) * (0.5 + 0.5 * Math.random()));
        break;
      }
      failures = 0;
      waiting.delete(move.key);
      answered.add(move.key);
      ready.then((store) => store.remove(move.key)).catch(() => {}); // sent again by the next page, its key makes it one
      try {
        onAnswer(move, answer.status, answer);
      } catch (error) {
        setTimeout(() => { throw error; }); // reported, and the next ones are sent
      }
    }
    sending = false;
    onChange(waiting.size);
  };

  const look = () => {
    flush();
    load().catch(() => {});
  };
  const loaded = load();
  loaded.catch(() => {});
  addEventListener("online", look);
  document.addEventListener("visibilitychange", () => document.hidden || look());

  return {
    flush,
    async send(made) {
      const move = { ...made, session, at: Date.now() };
      await soon(loaded); // after what was left
      waiting.set(move.key, move);
      onChange(waiting.size);
      await soon(ready.then((store) => store.put(move)));
      await flush();
    },
  };
}

export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
