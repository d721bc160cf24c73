// The step, its rule and the request, read by the phone's own voice in the page's language; hidden without one.
const button = document.querySelector("#read-aloud");
const voice = window.speechSynthesis;

if (button && voice) {
  const words = button.querySelector("span");
  const usual = words.textContent;
  const stopped = () => { words.textContent = usual; };
  button.hidden = false;
  button.addEventListener("click", () => {
    const reading = voice.speaking;
    voice.cancel();
    if (reading) return stopped();
    const parts = document.querySelectorAll("#shared :is(h1, .rule, .deck-card, .headline, .request, .quiet-line)");
    const said = new SpeechSynthesisUtterance([...parts].map((part) => part.textContent.trim()).join(". "));
    said.lang = document.documentElement.lang;
    said.onend = said.onerror = stopped;
    words.textContent = button.dataset.reading;
    voice.speak(said);
  });
  addEventListener("pagehide", () => voice.cancel());
}
