// A live screen: what is pushed takes its place, what is typed stays, what is sent is kept until the server has it.

import { connect } from "../ui/live-stream.js";
import { replaceById } from "../ui/replace-by-id.js";
import { startClock } from "./clock.js";
import { newKey, openOutbox } from "./outbox.js";

const { session, stream, moves, screen: page, number, now } = document.body.dataset;
const line = document.getElementById("line");
const cue = document.getElementById("cue");
const words = line.dataset; // the sentences, in the page's language

let network = "online";
let waiting = 0;

// --- how the line is, in words ---

function sayState() {
  const kept = waiting ? (waiting === 1 ? words.oneWaiting : words.waiting.replace("{n}", waiting)) : words.kept;
  line.textContent = network === "ended" ? words.ended : `${words[network]} · ${kept}`;
  line.dataset.state = waiting && network === "online" ? "sending" : network;
}

// --- what this seat may do now: the forms stay in the page, only their turn changes ---

const forms = [];
let role = document.getElementById("own").dataset.role; // the one whose forms the page holds

const text = (form) => form.querySelector("textarea, input[type=text], input[type=date]");

function turnForms() {
  const open = new Set((document.getElementById("own").dataset.forms || "").split(" "));
  carryOver(open);
  for (const form of forms) {
    if (!form.dataset.stage) continue; // who leads may type at any time
    const mine = open.has(form.dataset.form);
    const typed = text(form)?.value.trim() && (dirty(form) || "held" in form.dataset);
    const stale = !mine && Boolean(typed);
    form.hidden = !mine && !stale;
    form.querySelector(".stale")?.toggleAttribute("hidden", !stale);
    for (const button of form.querySelectorAll("button")) button.disabled = stale;
  }
  const released = document.querySelector("#own [data-released]");
  for (const button of document.querySelectorAll("button[data-again]")) {
    button.textContent = released ? button.dataset.again : button.dataset.first;
  }
}

function pressMarks() {
  const marks = JSON.parse(document.getElementById("own").dataset.marks || "{}");
  for (const button of document.querySelectorAll("button[data-mark]")) {
    const on = (marks[button.dataset.mark] || []).includes(button.dataset.card);
    button.setAttribute("aria-pressed", String(on));
    button.value = on ? "0" : "1";
    const label = button.querySelector(".label");
    if (label) label.textContent = on ? button.dataset.labelOn : button.dataset.label;
  }
}

// Who one may write for: the people of the table looked at. The choice made stays while it exists.
function offerPeople() {
  const people = [...document.querySelectorAll("#shared [data-seat]")];
  for (const select of document.querySelectorAll("select[data-people]")) {
    const chosen = select.value;
    const seen = {};
    select.replaceChildren(...people.map((one) => {
      const name = one.firstChild.textContent.trim();
      seen[name] = (seen[name] || 0) + 1; // two of one name, in the order they came in
      return new Option(seen[name] > 1 ? `${name} (${seen[name]})` : name, one.dataset.seat);
    }));
    if (people.some((one) => one.dataset.seat === chosen)) select.value = chosen;
  }
}

// A reply names the card it answers: the choices follow the board, the choice made stays.
function offerParents() {
  for (const select of document.querySelectorAll("select[data-parents]")) {
    const cards = document.querySelectorAll(`#shared [data-kind="${select.dataset.parents}"]`);
    const chosen = select.value;
    const known = new Set([...select.options].map((option) => option.value));
    for (const card of cards) {
      if (known.has(card.dataset.card)) continue;
      select.add(new Option(card.querySelector("p").textContent.slice(0, 80), card.dataset.card));
    }
    if (chosen) select.value = chosen;
  }
}

// A role was taken or given: its forms are asked for, once; the others and what is typed in them stay.
async function takeForms() {
  const given = document.getElementById("own").dataset.role;
  if (given === role) return;
  const before = role;
  role = given;
  try {
    const answer = await fetch(page, { cache: "no-store" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of fresh.querySelectorAll(".forms > *")) {
      if (document.getElementById(part.id)) continue;
      document.querySelector(".forms").append(part);
      for (const form of part.matches("form[data-form]") ? [part] : part.querySelectorAll("form[data-form]")) addForm(form);
    }
    const help = fresh.getElementById("help");
    if (help && !document.getElementById("help")) document.getElementById("shared").before(help);
    for (const id of ["lead", "help", "export"]) if (!fresh.getElementById(id)) document.getElementById(id)?.remove();
    document.body.className = fresh.body.className;
    refresh();
  } catch {
    role = before; // the next push asks again
  }
}

function refresh() {
  turnForms();
  pressMarks();
  offerParents();
  offerPeople();
  tick();
  document.dispatchEvent(new Event("live:refreshed")); // for answers.js and arrange.js
}

// --- a gentle hint while typing, never a block; the draft survives a reload ---

const fold = (value) => value.normalize("NFD").replace(/[\u0300-\u036f\u064b-\u0655]/g, "").replace(/[’']/g, "'").toLowerCase();

const draftName = (form) => `draft ${session} ${form.dataset.form}`;

function hint(form) {
  const note = form.querySelector(".hint");
  if (!note) return;
  const typed = fold(text(form).value);
  note.hidden = !JSON.parse(form.dataset.hintWords || "[]").some((word) => typed.includes(fold(word)));
}

// Near the end of the place there is, said by tens: a screen reader is not told of each key.
function sayLeft(form) {
  const place = form.querySelector(".left");
  if (!place) return;
  const { maxLength, value } = text(form);
  const left = Math.ceil((maxLength - value.length) / 10) * 10;
  place.hidden = left > 50;
  place.textContent = place.hidden ? "" : left ? words.left.replace("{n}", left) : words.full;
}

function addForm(form) {
  forms.push(form);
  const field = text(form);
  if (!field) return;
  const draft = sessionStorage.getItem(draftName(form));
  if (draft && !field.value) field.value = draft;
  hint(form);
  field.addEventListener("input", () => {
    sessionStorage.setItem(draftName(form), field.value);
    hint(form);
    sayLeft(form);
  });
}

document.querySelectorAll("form[data-form]").forEach(addForm);

// --- sending ---

const NUMBERS = new Set(["seconds", "table", "into"]);

function payloadOf(form, submitter) {
  const payload = {};
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  for (const [name, value] of data) {
    if (name === "key" || name === "kind") continue;
    const meant = name === "on" ? value === "1" || value === "true" : NUMBERS.has(name) && /^\d+$/.test(value) ? Number(value) : value;
    payload[name] = name in payload ? `${payload[name]},${meant}` : meant; // several boxes ticked under one name
  }
  return { kind: data.get("kind"), payload };
}

// The sheet is one page for the person who fills it: one touch saves all that was typed on it.
const fields = () => forms.filter((form) => form.elements.field);

const dirty = (form) => text(form).value !== (form.dataset.sent ?? text(form).defaultValue);

function saveOthers(but) {
  for (const form of fields()) {
    if (form === but || form.hidden || !dirty(form)) continue;
    form.dataset.sent = text(form).value;
    sessionStorage.removeItem(draftName(form));
    box.send({ key: newKey(), ...payloadOf(form), form: form.dataset.form });
  }
}

// The next step may ask for the same: what is typed or saved goes on there, and is in one place.
function carryOver(open) {
  const lasting = forms.filter((form) => form.elements.field || form.elements.kind.value === "release");
  const asks = (form) => form.elements.kind.value + form.elements.field?.value;
  for (const form of lasting) {
    const here = text(form);
    if (open.has(form.dataset.form) || !here.value) continue;
    const next = lasting.find((one) => open.has(one.dataset.form) && asks(one) === asks(form));
    if (!next) continue;
    const saved = !dirty(form);
    if (!dirty(next)) {
      text(next).value = here.value;
      if (saved) next.dataset.sent = here.value;
      here.value = "";
    }
    form.dataset.sent = here.value;
  }
}

function refusalOf(form) {
  return form?.querySelector(".refused") || document.getElementById("refused");
}

function say(place, sentence) {
  place.textContent = sentence;
  place.hidden = !sentence;
}

const box = openOutbox(session, {
  url: moves,
  onChange(count) {
    waiting = count;
    sayState();
  },
  onAnswer(move, status, answer) {
    const form = forms.find((one) => one.dataset.form === move.form);
    if (status === 200 || status === 201) {
      say(refusalOf(form), "");
      say(refusalOf(null), "");
      return;
    }
    // refused: the words go back where they were typed, with the reason; if others are there by now, beside them
    const field = form && text(form);
    const { text: written, name, value, sentence } = move.payload;
    const typed = form && !field ? "" : written || name || value || sentence || ""; // what was chosen is still there
    if (field && typed && !field.value) field.value = typed;
    const elsewhere = typed && field?.value !== typed;
    say(refusalOf(form), elsewhere ? `${answer.sentence} « ${typed} »` : answer.sentence);
    refusalOf(form).scrollIntoView({ block: "nearest" });
    turnForms();
  },
});

const dialog = document.getElementById("confirm");
const canAsk = typeof dialog?.showModal === "function"; // an old phone sends the form itself: the server then asks

// Shows what is about to be done, and what would be read of it; true once the person says yes.
function ask({ confirm: question, confirmMore: more = "", confirmYes: yes }, quote) {
  const [title, words, note] = dialog.querySelectorAll("h2, blockquote, p");
  const [agree] = dialog.querySelectorAll("button");
  title.textContent = question;
  say(words, quote);
  say(note, more);
  agree.textContent = yes;
  return new Promise((resolve) => {
    dialog.onclick = ({ target }) => target.value && dialog.close(target.value);
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
    dialog.returnValue = "";
    dialog.showModal();
  });
}

function send(form, { kind, payload }) {
  last = { form, what: JSON.stringify([kind, payload]), step: STEPS.has(kind), at: performance.now() };
  box.send({ key: newKey(), kind, payload, form: form.dataset.form || "" });
  if (form.dataset.keep !== undefined) form.dataset.sent = text(form)?.value ?? "";
  if (kind === "fill") saveOthers(form);
  sessionStorage.removeItem(draftName(form));
  if (form.dataset.form && form.dataset.keep === undefined && text(form)) {
    text(form).value = "";
    hint(form);
    sayLeft(form);
    text(form).focus();
  }
}

// A double tap is one: the same thing at once, a place just emptied, the next
// person of a list that moved up, or the next button that came under the finger.
const AGAIN = 500; // ms
const STEPS = new Set(["open", "advance", "back", "skip", "close", "reopen"]);
let last = { at: -AGAIN };

function isAgain(form, { kind, payload }) {
  const same = JSON.stringify([kind, payload]) === last.what;
  const people = form.querySelector("select[data-people]");
  const emptied = form === last.form && form.dataset.form && (text(form) ? !text(form).value.trim() : people);
  return performance.now() - last.at < AGAIN && (same || emptied || (last.step && STEPS.has(kind)));
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.getAttribute("action")?.split(/[?#]/)[0] !== moves.split("?")[0]) return;
  const move = payloadOf(form, event.submitter);
  const asking = [event.submitter, form].find((one) => one?.dataset.confirm);
  const quote = form.dataset.confirm ? (text(form)?.value.trim() ?? "") : "";
  if (isAgain(form, move)) {
    event.preventDefault();
    return;
  }
  const asked = asking && (quote || !form.dataset.confirm); // an empty sentence is refused, not read again
  if (asked && !canAsk) return;
  event.preventDefault();
  if (!asked || (await ask(asking.dataset, quote))) send(form, move);
});

// --- the line ---

const tick = startClock({
  now: Number(now),
  onCue() {
    cue.textContent = words.cue;
    setTimeout(() => (cue.textContent = ""), 10_000);
    navigator.vibrate?.(200);
  },
});

const step = () => document.getElementById("shared").dataset.step;
const status = () => document.getElementById("shared").dataset.status;

// A new step begins at the top, with its title, its time and what to do; not under the fingers of who is typing.
function showStep() {
  const typing = document.activeElement?.matches("textarea, input") && document.activeElement.value;
  if (!typing && !dialog?.open) scrollTo({ top: 0 });
}

// Said to who does not see it: the step that begins, a pause, the end, and what to do there.
function sayStep() {
  const parts = document.querySelectorAll("#shared :is(h1, .clock-line .tag, .rule)");
  document.getElementById("step-said").textContent = [...parts].map((part) => part.textContent.trim()).join(". ");
}

// Whoever moves by keyboard stays somewhere: what had the focus and is gone hands it to what is left of its card, a
// button of the bar to the bar's main one, and a step that is over to the next one's title.
function keepFocus(one, around, inBar) {
  if (!one || one === document.body || one.getClientRects().length) return;
  const seen = (each) => each?.getClientRects().length;
  const card = around.map((id) => document.getElementById(id)).find(seen)?.closest("#shared [id], #own [id]");
  const place = inBar ? document.querySelector(".controls") : card;
  const parts = [...(place?.querySelectorAll("button, a[href], summary") ?? [])].filter(seen);
  const next = parts.find((each) => inBar && !each.matches(".quiet")) || parts[0];
  (next || document.querySelector("#shared h1")).focus({ preventScroll: !next });
}

function placeOf(one) {
  const around = [];
  for (let up = one; up && up !== document.body; up = up.parentElement) if (up.id) around.push(up.id);
  return [one, around, Boolean(one?.closest(".controls"))];
}

// While a finger is down nothing moves under it: what is pushed waits for the tap to end, three seconds at most.
let lifted = Promise.resolve();
addEventListener("pointerdown", () => {
  const up = new Promise((go) => {
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(go, 50), { once: true });
    setTimeout(go, 3000);
  });
  lifted = Promise.all([lifted, up]);
});

connect(stream, {
  after: number,
  async onMessage({ event, data }) {
    if (event === "help") document.dispatchEvent(new Event("live:help")); // for help.js
    if (event !== "view") return;
    await lifted;
    const before = step();
    const was = status();
    const focused = placeOf(document.activeElement);
    replaceById(data);
    refresh();
    keepFocus(...focused);
    if (step() !== before) {
      say(refusalOf(null), ""); // it was about the step before
      showStep();
    }
    if (step() !== before || status() !== was) sayStep();
    takeForms();
  },
  onState(state, _status, sentence) {
    network = state;
    sayState();
    if (sentence) say(refusalOf(null), sentence);
    if (state !== "online") return;
    box.flush();
    document.dispatchEvent(new Event("live:help")); // it may have moved while the line was cut
  },
});

refresh();
sayState();

// --- read aloud: the step, its rule and the request, by the phone's own voice in the page's language; hidden without one ---

const aloud = document.querySelector("#read-aloud");
const voice = window.speechSynthesis;

if (aloud && voice) {
  const words = aloud.querySelector("span");
  const usual = words.textContent;
  const stopped = () => { words.textContent = usual; };
  aloud.hidden = false;
  aloud.addEventListener("click", () => {
    const reading = voice.speaking;
    voice.cancel();
    if (reading) return stopped();
    const parts = document.querySelectorAll("#shared :is(h1, .rule, .deck-card, .headline, .request, .quiet-line)");
    const said = new SpeechSynthesisUtterance([...parts].map((part) => part.textContent.trim()).join(". "));
    said.lang = document.documentElement.lang;
    said.onend = said.onerror = stopped;
    words.textContent = aloud.dataset.reading;
    voice.speak(said);
  });
  addEventListener("pagehide", () => voice.cancel());
}
