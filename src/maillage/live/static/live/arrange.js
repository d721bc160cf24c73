// What whoever leads rearranges: the choices follow `#shared`, the choice made stays while it exists.

function offer(select, options) {
  const chosen = select.value;
  const now = [...select.options].map(({ value, text }) => `${value} ${text}`).join("\n");
  if (now === options.map(({ value, text }) => `${value} ${text}`).join("\n")) return;
  select.replaceChildren(...options.map(({ value, text }) => new Option(text, value)));
  if (options.some(({ value }) => value === chosen)) select.value = chosen;
}

function followWays() {
  const ways = document.getElementById("ways")?.dataset;
  for (const form of document.querySelectorAll("form[data-ways]")) {
    const steps = JSON.parse(ways?.[form.dataset.ways] || "[]");
    form.hidden = !steps.length;
    form.elements.from.value = ways?.from || "";
    offer(form.elements.to, steps.map(({ step, title }) => ({ value: step, text: title })));
  }
}

function followCards() {
  const cards = [...document.querySelectorAll("#shared a[data-merge]")].map(({ dataset }) => dataset.merge);
  const options = cards.map((card) => {
    const text = document.querySelector(`#card-${card} > .card-text`)?.textContent ?? "";
    return { value: card, text: text.length > 80 ? `${text.slice(0, 79)}…` : text };
  });
  const form = document.getElementById("form-merge");
  form.hidden = options.length < 2;
  const [card, into] = form.querySelectorAll("[data-cards]");
  offer(card, options);
  offer(into, options);
  if (card.value === into.value) into.selectedIndex = card.selectedIndex ? 0 : 1;
}

function followHands() {
  const poll = document.getElementById("poll");
  const step = poll?.dataset.counts ? poll.dataset.step : "";
  for (const form of document.querySelectorAll("form[data-hands]")) {
    const now = form.dataset.hands === step.split(".")[0];
    form.hidden = !now;
    if (!now || form.elements.step.value === step) continue;
    form.reset();
    for (const field of form.querySelectorAll("input[type=number]")) field.value = 0; // another round
    form.elements.step.value = step;
  }
}

// What may be written for somebody is what this step asks.
function followKinds() {
  const select = document.getElementById("for-kind");
  const { stage } = document.getElementById("shared").dataset;
  const asked = [...(select?.options ?? [])].filter(({ dataset }) => dataset.stages.split(" ").includes(stage));
  for (const option of select?.options ?? []) option.hidden = option.disabled = asked.length > 0 && !asked.includes(option);
  if (asked.length && !asked.includes(select.selectedOptions[0])) asked[0].selected = true;
}

function follow() {
  followKinds();
  followWays();
  followCards();
  followHands();
}

// « Rapprocher… » on a card: the form opens with that card, and asks which one stays.
document.addEventListener("click", ({ target }) => {
  const link = target.closest("a[data-merge]");
  if (!link) return;
  document.getElementById("arrange").open = true;
  document.getElementById("merge-card").value = link.dataset.merge;
  document.getElementById("merge-into").focus();
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("a[href='#lengths']")) document.getElementById("lengths").open = true;
});

document.addEventListener("live:refreshed", follow);
follow();
