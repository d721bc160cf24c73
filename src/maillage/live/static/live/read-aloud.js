// « Lire à voix haute », where the phone can: the step, its rule and the request, in the language of the page.
// Hidden without a voice; what it reads is what the page shows when it is asked.

const button = document.querySelector("#read-aloud");
const READ = "#shared .now-line h1, #shared .rule, #shared .deck-card, #shared .headline, #shared .request, #shared .quiet-line";

if (button && "speechSynthesis" in window) {
  const words = button.querySelector("span");
  const usual = words.textContent;
  const language = document.documentElement.lang;
  const stopped = () => { words.textContent = usual; };
  const read = () => {
    const text = [...document.querySelectorAll(READ)].map((part) => part.textContent.trim()).filter(Boolean).join(". ");
    const said = new SpeechSynthesisUtterance(text);
    said.lang = language;
    said.voice = speechSynthesis.getVoices().find((voice) => voice.lang.toLowerCase().startsWith(language)) ?? null;
    said.rate = 0.9;
    said.onend = said.onerror = stopped;
    words.textContent = button.dataset.reading;
    speechSynthesis.speak(said);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    const reading = speechSynthesis.speaking;
    speechSynthesis.cancel();
    if (reading) stopped();
    else read();
  });
  addEventListener("pagehide", () => speechSynthesis.cancel());
}
