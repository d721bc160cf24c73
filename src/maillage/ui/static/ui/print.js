// A button that prints the page. Without JavaScript the browser's own menu does it.

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
