// The address of this machine may change while the page is shown: what it says now is asked for, and takes its place.

const EVERY = 10_000; // ms

setInterval(async () => {
  try {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("room-address");
    const shown = document.getElementById("room-address");
    if (fresh && fresh.innerHTML.trim() !== shown.innerHTML.trim()) shown.replaceWith(document.importNode(fresh, true));
  } catch {
    // this page came by an address that is gone: the one open on the machine itself says the new one
  }
}, EVERY);
