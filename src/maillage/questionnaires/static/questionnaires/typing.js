// A pile of sheets by keyboard: a digit ticks that choice and goes to the next question, 0 skips, Enter saves.
const form = document.querySelector("form[data-typing]")
if (form) {
  form.querySelector("[data-script]").hidden = false
  const blocks = () => [...form.querySelectorAll(".asked-one")].filter(block => !block.hidden)
  const go = block => block?.querySelector("input:checked, input, textarea, select")?.focus()

  form.addEventListener("keydown", event => {
    const block = event.target.closest(".asked-one")
    if (event.key === "Enter" && (event.target.tagName !== "TEXTAREA" || event.ctrlKey)) {
      event.preventDefault()
      if (!block && event.target.name === "number") return go(blocks()[0])
      return form.requestSubmit()
    }
    if (!block || ["TEXTAREA", "SELECT"].includes(event.target.tagName) || event.ctrlKey || event.altKey || event.metaKey || !/^\d$/.test(event.key)) return
    event.preventDefault()
    const inputs = [...block.querySelectorAll("input")].filter(input => input.value !== "")
    const several = inputs[0]?.type === "checkbox"
    const meant = inputs[Number(event.key) - 1]
    if (event.key !== "0" && !meant) return
    if (meant) {
      meant.checked = several ? !meant.checked : true
      meant.dispatchEvent(new Event("input", { bubbles: true }))
      if (several) return meant.focus()
    }
    const all = blocks()
    const next = all[all.indexOf(block) + 1]
    if (next) go(next)
    else form.querySelector("button").focus()
  })
  if (!form.querySelector(".fault")) go(form.querySelector("[name=number]") ? { querySelector: () => form.querySelector("[name=number]") } : blocks()[0])
}
