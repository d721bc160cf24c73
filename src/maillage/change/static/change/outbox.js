// An observation noted without a network stays on this phone, and leaves once there is one; its key makes it one.
// What is kept: the words of the form, under the address they go to. A photo is not: it is said, the form waits.

const STORE = "maillage-observations";
const AGAIN = 20000; // ms between two tries

const read = () => { try { return JSON.parse(localStorage.getItem(STORE) || "[]"); } catch { return []; } };
const write = (rows) => localStorage.setItem(STORE, JSON.stringify(rows));

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

const places = [...document.querySelectorAll("[data-outbox]")];
const told = (name) => places[0]?.dataset[name] ?? "";

function say(sentence = "") {
  const here = new Set(places.map((place) => place.dataset.send));
  const waiting = read().filter((row) => here.has(row.to) && !row.refused).length;
  const refused = read().filter((row) => row.refused); // of an older link too: they are taken up by this one
  const words = [];
  if (sentence) words.push(sentence);
  if (waiting) words.push(waiting > 1 ? told("many").replace("{n}", waiting) : told("one"));
  for (const place of places) {
    place.hidden = words.length + refused.length === 0;
    place.textContent = words.join(" ");
    for (const row of refused) place.append(" ", `${row.refused} `, again(row));
  }
}

function again(row) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = told("again");
  button.addEventListener("click", () => {
    sessionStorage.setItem("maillage-reprise", JSON.stringify(row.fields));
    write(read().filter((each) => each.key !== row.key));
    location.assign(places[0].dataset.send);
  });
  return button;
}

async function send(row) {
  const body = new FormData();
  for (const [name, value] of row.fields) body.append(name, value);
  const answer = await fetch(row.to, { method: "POST", body, headers: { "X-Requested-With": "outbox" }, redirect: "error" });
  if (answer.status === 201) return "";
  if (answer.status === 404) return told("closed");
  if (answer.status === 422) return (await answer.json()).sentences.join(" ");
  throw new Error(String(answer.status));
}

let sending = false;
async function sendAll() {
  if (sending) return false;
  sending = true;
  let sent = false;
  try {
    for (const row of read()) {
      if (row.refused) continue;
      const refused = await send(row);
      const rows = read();
      write(refused ? rows.map((each) => (each.key === row.key ? { ...each, refused } : each)) : rows.filter((each) => each.key !== row.key));
      sent ||= !refused;
    }
  } catch {
    // no network, or a server that restarts: it is tried again
  } finally {
    sending = false;
    say();
  }
  return sent;
}

const form = document.querySelector("[data-observe]");
if (form) {
  const taken = sessionStorage.getItem("maillage-reprise");
  if (taken) {
    sessionStorage.removeItem("maillage-reprise");
    for (const [name, value] of JSON.parse(taken)) {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
        else if (name !== "key") field.value = value;
      }
    }
  }
  form.addEventListener("submit", async (event) => {
    const photo = form.querySelector("[type=file]");
    if (photo.files.length && navigator.onLine) return; // the usual way carries it
    event.preventDefault();
    if (photo.files.length) {
      say(told("photo"));
      return;
    }
    const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    const key = fields.find(([name]) => name === "key")[1];
    const row = { key, to: form.getAttribute("action") || location.pathname, fields };
    let refused;
    try {
      refused = await send(row);
    } catch {
      write([...read().filter((each) => each.key !== key), row]);
      form.reset();
      form.querySelector('[name="key"]').value = newKey();
      say(told("kept"));
      places[0].scrollIntoView({ block: "center" });
      return;
    }
    if (refused) form.submit(); // the page it answers says what is wrong, beside each box
    else location.assign(form.dataset.home);
  });
}

addEventListener("online", sendAll);
setInterval(() => { if (read().some((row) => !row.refused)) sendAll(); }, AGAIN);
say();
sendAll();
