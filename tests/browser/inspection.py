"""One page looked at as its readers do: axe-core in light and dark, narrow and wide, then reflow and larger text."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """(tags) => axe
  .run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] })
  .then(({ violations }) => violations.map(({ id, help, nodes }) => {
    const shown = nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.any[0]?.message || ""}`);
    return { id, help, nodes: shown };
  }))"""
WIDE = """() => {
  const limit = document.documentElement.clientWidth;
  const page = document.scrollingElement;
  if (page.scrollWidth <= limit) return null;
  const out = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > limit + 1
    && ![...ancestors(one)].some((up) => ["auto", "scroll", "hidden"].includes(getComputedStyle(up).overflowX)));
  function* ancestors(one) { while ((one = one.parentElement) && one !== document.body) yield one; }
  const names = out.slice(0, 3).map((one) => `${one.tagName}.${one.className}`);
  return `${page.scrollWidth} > ${limit}: ${names.join(", ")}`;
}"""

Look = tuple[str, int]  # colour scheme, width
LOOKS: tuple[Look, ...] = (("light", 390), ("dark", 1280), ("light", 1280), ("dark", 390))


@dataclass
class Inspection:
    """Each page in one of the looks, in turn; `whole`: each in all."""

    whole: bool = False
    looks: tuple[Look, ...] = LOOKS
    pages: list[str] = field(default_factory=list)
    runs: int = 0
    faults: list[str] = field(default_factory=list)

    def look(self, page: Page, name: str, *, phone: bool = False) -> None:
        looks = self.looks if self.whole else [self.looks[len(self.pages) % len(self.looks)]]
        self.pages.append(name)
        for scheme, width in looks:
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
            page.set_viewport_size({"width": width, "height": 844})
            self._axe(page, f"{name} [{scheme}, {width} px]")
        self._reflow(page, name, phone)
        page.emulate_media(color_scheme="light")

    def _axe(self, page: Page, where: str) -> None:
        self.runs += 1
        if not page.evaluate("Boolean(window.axe)"):  # a page that reads itself again has lost it
            page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[dict[str, Any]] = page.evaluate(RUN, TAGS)
        for one in found:
            self.faults.append(f"{where}: {one['id']}, {one['help']}: {one['nodes']}")

    def _reflow(self, page: Page, name: str, phone: bool) -> None:
        """No horizontal scroll at 320 px, nor with text twice as large (a phone keeps its width, a desk its own)."""
        page.set_viewport_size({"width": 320, "height": 640})
        if wide := page.evaluate(WIDE):
            self.faults.append(f"{name} [320 px]: {wide}")
        page.set_viewport_size({"width": 390 if phone else 1280, "height": 844})
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        if wide := page.evaluate(WIDE):
            self.faults.append(f"{name} [200 % text]: {wide}")
        page.evaluate("document.documentElement.style.fontSize = ''")

    def verdict(self) -> None:
        print(self.report() + "".join(f"\n  {page}" for page in self.pages))
        assert self.faults == [], "\n" + "\n".join(self.faults)

    def report(self) -> str:
        return f"\naxe-core: {len(self.pages)} pages, {self.runs} runs, {len(self.faults)} faults"
