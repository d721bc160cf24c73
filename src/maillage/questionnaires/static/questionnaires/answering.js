// Answering: hides what is not for this person as they answer, and keeps in this tab what is not sent yet, so that a
// network that fails, or a page reloaded, loses nothing. Without this file everything is asked, and the server sorts.
const KEPT = "questionnaire:"

function applies(block, form, hidden) {
  const { after, answers } = block.dataset
  const wanted = answers.split(" ")
  const inputs = [...form.querySelectorAll(`[name="${CSS.escape(after)}"]`)]
  const given = inputs.filter(input => input.checked || input.tagName === "SELECT")
  return !hidden.has(inputs[0]?.closest(".asked-one")) && given.some(input => wanted.includes(input.value))
}

function sort(form) {
  const hidden = new Set()
  for (const block of form.querySelectorAll(".asked-one[data-after]")) {
    const shown = applies(block, form, hidden) || block.querySelector(".fault") !== null
    if (!shown) hidden.add(block)
    block.hidden = !shown
  }
}

function keep(form) {
  const said = [...new FormData(form)].filter(([name, value]) => name.startsWith("q-") && value !== "")
  try { sessionStorage.setItem(KEPT + location.pathname, JSON.stringify({ key: form.elements.key.value, said })) } catch { /* full, or forbidden */ }
}

function restore(form) {
  let kept = null
  try { kept = JSON.parse(sessionStorage.getItem(KEPT + location.pathname)) } catch { return }
  if (!kept || form.querySelector(".fault, .errors")) return
  form.elements.key.value = kept.key // the same sending: what had arrived is not counted twice
  for (const [name, value] of kept.said) {
    for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (input.type === "radio" || input.type === "checkbox") input.checked ||= input.value === value
      else input.value = value
    }
  }
}

const form = document.querySelector("form.answering")
if (form) {
  if (form.matches("[data-answering]")) {
    if (form.elements.key && !location.pathname.includes("/mes-reponses/")) {
      restore(form)
      form.addEventListener("input", () => keep(form))
    }
    // One press, one sending; the button comes back when the page does.
    form.addEventListener("submit", event => {
      if (form.dataset.sending) event.preventDefault()
      form.dataset.sending = "on"
    })
    window.addEventListener("pageshow", () => delete form.dataset.sending)
  }
  form.addEventListener("input", () => sort(form))
  sort(form)
}
// Sent: this tab forgets it, the next person begins with an empty page.
if (document.querySelector("[data-sent]")) {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(KEPT)) sessionStorage.removeItem(name)
}
