/* The file is checked while it is typed: each problem names its line, and leads there. Without it, « Vérifier » does the same. */
const form = document.getElementById("method-file");
const text = form.elements.source;
const verdict = document.getElementById("verdict");
let waiting = 0;
let asked = 0;

text.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(check, 600);
});

/* Tab writes spaces no more than any other key does: it leaves the field, as everywhere. */
window.addEventListener("beforeunload", (event) => {
  if (text.value !== text.defaultValue && !form.dataset.sent) event.preventDefault();
});
form.addEventListener("submit", () => { form.dataset.sent = "yes"; });

async function check() {
  const number = ++asked;
  try {
    const answer = await fetch(form.dataset.check, { method: "POST", body: new FormData(form) });
    if (!answer.ok || number !== asked) return;
    show(await answer.json());
  } catch {
    verdict.replaceChildren(); // the network is gone: the button still says why nothing is saved
  }
}

function show({ problems }) {
  if (!problems.length) {
    verdict.className = "notice";
    verdict.textContent = form.dataset.fine;
    return;
  }
  const list = document.createElement("ul");
  for (const { line, key, sentence } of problems.slice(0, 20)) {
    const item = document.createElement("li");
    if (line) {
      const go = document.createElement("button");
      go.type = "button";
      go.className = "quiet";
      go.textContent = `${form.dataset.line} ${line}`;
      go.addEventListener("click", () => select(line));
      item.append(go, " ");
    }
    if (key) {
      const name = document.createElement("code");
      name.textContent = key;
      item.append(name, " : ");
    }
    item.append(sentence);
    list.append(item);
  }
  verdict.className = "errors";
  verdict.replaceChildren(list);
}

function select(line) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  text.scrollIntoView({ block: "start" });
  text.scrollTop = (text.scrollHeight / lines.length) * Math.max(0, line - 5);
}
