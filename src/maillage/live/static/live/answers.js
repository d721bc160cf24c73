// Votes, questions and gifts: the inputs stay in the page, `#own` says which are asked and what this seat answered.
// A secret card is read while it is pressed: by a finger, a key, or a screen reader's click, which opens and closes it.

const SAVE_AFTER = 500; // ms: arrows go through several answers before the one that is meant
const timers = new Map();

const held = () => JSON.parse(document.getElementById("own").dataset.asked || "{}");

function turn() {
  const asked = held();
  showSteppers();
  for (const form of document.querySelectorAll("form[data-activity]")) {
    const part = asked[form.dataset.stage];
    if (!part) continue;
    const step = form.elements.stage;
    if (step.value !== part.step) {
      step.value = part.step;
      empty(form); // another round asks the same again: nothing is answered yet
    }
    if (form.dataset.activity === "form") sayKept(form, part);
    else sayValue(form, part.value);
  }
}

function empty(form) {
  for (const one of form.querySelectorAll("input:checked")) one.checked = false;
  for (const one of form.querySelectorAll("textarea, input[type=number]")) one.value = "";
  for (const one of form.querySelectorAll("[data-slider]")) one.value = one.min;
}

function sayKept(form, { answers, passed }) {
  const { question } = form.dataset;
  const state = passed.includes(question) ? "passed" : question in answers ? "kept" : "";
  say(form, state, state === "kept" ? form.querySelector(".answer-state").dataset.kept : "");
}

function sayValue(form, value) {
  const given = value !== null && value !== "";
  let label = "";
  for (const button of form.querySelectorAll("button[aria-pressed]")) {
    const on = button.value === value;
    button.setAttribute("aria-pressed", String(on));
    if (on) label = button.textContent.trim();
  }
  form.querySelector(".take-back")?.toggleAttribute("hidden", !given);
  say(form, given ? "kept" : "", form.querySelector(".answer-state").dataset.kept.replace("{label}", label).replace("{value}", value));
}

function say(form, state, sentence) {
  const place = form.querySelector(".answer-state");
  form.dataset.state = state;
  const words = state === "passed" ? place.dataset.passed : state === "kept" ? sentence : "";
  if (place.textContent !== words) place.textContent = words;
}

// --- an answer is saved as it is chosen ---

function save(form) {
  timers.delete(form);
  if (form.hidden) return;
  if (form.requestSubmit) form.requestSubmit();
  else form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
}

document.addEventListener("change", ({ target }) => {
  const form = target.closest("form[data-activity=form]");
  if (!form || target.matches("textarea")) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(save, SAVE_AFTER, form));
});

document.addEventListener("submit", ({ target, submitter }) => {
  if (!target.matches?.("form[data-activity=form]")) return;
  clearTimeout(timers.get(target));
  if (submitter?.name === "pass") setTimeout(empty, 0, target); // once what is sent was read
});

// --- a whole number: − and + beside it, a slider under it, three ways to say the same ---

function showSteppers() {
  for (const one of document.querySelectorAll("[data-add], [data-slider]")) one.hidden = false;
}

function set(field, wanted) {
  field.value = Math.min(Number(field.max), Math.max(Number(field.min), Number(wanted)));
  follow(field);
}

function follow(field) {
  const slider = field.closest(".field")?.querySelector("[data-slider]");
  if (slider) slider.value = field.value || field.min;
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-add]");
  if (!button) return;
  const field = button.parentElement.querySelector("input");
  set(field, Number(field.value || 0) + Number(button.dataset.add));
});
document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-slider]")) set(target.closest(".field").querySelector("input[type=number]"), target.value);
  else if (target.matches("input[type=number]")) follow(target);
});

// --- the secret card ---

let holding = null; // the card a finger or a key keeps open
let reading = false; // the last press was a screen reader's

const secretOf = (target) => target.closest?.(".secret > summary")?.parentElement;

// A screen reader's double tap is a press of no width: it must open the card and leave it open.
const isReader = ({ width, height, pressure, pointerType }) =>
  (!width && !height) || (width === 1 && height === 1 && !pressure && pointerType === "mouse");

function hold(secret) {
  holding = secret;
  secret.open = true;
}

function release() {
  if (holding) holding.open = false;
  holding = null;
}

document.addEventListener("pointerdown", (event) => {
  reading = isReader(event);
  const secret = event.button === 0 && !reading && secretOf(event.target);
  if (!secret) return;
  hold(secret);
  event.target.closest("summary").setPointerCapture(event.pointerId);
});
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, release);
document.addEventListener("keydown", (event) => {
  const secret = (event.key === " " || event.key === "Enter") && secretOf(event.target);
  if (!secret) return;
  event.preventDefault();
  if (!event.repeat) hold(secret);
});
document.addEventListener("keyup", (event) => {
  if (holding && secretOf(event.target)) event.preventDefault(); // the key's own click would open it again
  release();
});
addEventListener("blur", release);
document.addEventListener("visibilitychange", release);
document.addEventListener("contextmenu", (event) => secretOf(event.target) && event.preventDefault());
// After a finger's press comes its click, which is not asked for; a screen reader's opens the card, or closes it.
document.addEventListener("click", (event) => event.detail && !reading && secretOf(event.target) && event.preventDefault());

document.addEventListener("live:refreshed", turn);
turn();
