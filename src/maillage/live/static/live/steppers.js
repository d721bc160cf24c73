// A whole number with − and + beside it, and a slider under it: three ways to say the same.

export function showSteppers() {
  for (const one of document.querySelectorAll("[data-add], [data-slider]")) one.hidden = false;
}

export function listenToSteppers() {
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
}

function set(field, wanted) {
  field.value = Math.min(Number(field.max), Math.max(Number(field.min), Number(wanted)));
  follow(field);
}

function follow(field) {
  const slider = field.closest(".field")?.querySelector("[data-slider]");
  if (slider) slider.value = field.value || field.min;
}
