// On a phone the noyau's pages are on one line that slides: the one that is open comes in sight.
document.querySelector(".path-tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
