/* A badge read by the camera inside the page, where the browser can: elsewhere the phone's own camera opens the same
   address. Nothing is kept or sent: the picture never leaves the page. */
const button = document.querySelector("[data-scan]");
const dialog = document.querySelector("dialog.scan");
const video = dialog?.querySelector("video");
const said = dialog?.querySelector("[role=status]");
const EVERY = 150; // ms between two readings
let stream = null;

if (button && "BarcodeDetector" in window && navigator.mediaDevices) {
  button.parentElement.hidden = false;
  button.addEventListener("click", scan);
  dialog.addEventListener("close", () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    button.focus();
  });
}

async function scan() {
  dialog.showModal();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    await video.play();
  } catch {
    said.textContent = dialog.dataset.refused;
    return;
  }
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  while (stream && dialog.open) {
    const found = await detector.detect(video).catch(() => []);
    const path = found.map((code) => badgePath(code.rawValue)).find(Boolean);
    if (path) {
      dialog.close();
      location.href = path;
      return;
    }
    if (found.length) said.textContent = dialog.dataset.unknown;
    await new Promise((done) => setTimeout(done, EVERY));
  }
}

/* The server that printed the badge may be known here by another name: only the path counts. */
function badgePath(text) {
  return /\/badge\/[\w-]+\/?$/.exec(text)?.[0];
}
