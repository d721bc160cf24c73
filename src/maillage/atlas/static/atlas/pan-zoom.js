// A map one may come nearer to: buttons, Ctrl and the wheel, two fingers, + − 0 and the arrows. Without this file it is whole.
// Left in place, one finger scrolls the page; come nearer, it moves the map.

const STEP = 1.5, MOST = 16, SLIP = 4; // SLIP: px under which a press is not a drag

class PanZoom extends HTMLElement {
  connectedCallback() {
    this.svg = this.querySelector("svg");
    this.whole = this.svg.viewBox.baseVal;
    this.whole = [this.whole.x, this.whole.y, this.whole.width, this.whole.height];
    this.undo = new AbortController();
    this.held = new Map();
    this.tools = document.createElement("div");
    this.tools.className = "map-tools";
    for (const [sign, name, act] of [["+", this.dataset.nearer, () => this.zoom(STEP)], ["−", this.dataset.further, () => this.zoom(1 / STEP)], [this.dataset.whole, "", () => this.show(...this.whole)]]) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign, onclick: act, className: "quiet" });
      if (name) button.ariaLabel = button.title = name;
      this.tools.append(button);
    }
    this.prepend(this.tools);
    this.svg.tabIndex = 0;
    for (const kind of ["wheel", "keydown", "pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      this.svg.addEventListener(kind, this, { signal: this.undo.signal, passive: false });
    }
    this.svg.addEventListener("click", (event) => this.moved > SLIP && event.preventDefault(), { signal: this.undo.signal, capture: true });
    this.show(...this.whole);
  }

  disconnectedCallback() {
    this.undo.abort();
    this.tools.remove();
    this.svg.removeAttribute("tabindex");
    this.show(...this.whole);
  }

  show(x, y, width, height) {
    const [left, top, wide, high] = this.whole;
    x = Math.min(Math.max(x, left), left + wide - width);
    y = Math.min(Math.max(y, top), top + high - height);
    this.box = [x, y, width, height];
    this.svg.setAttribute("viewBox", this.box.map((one) => one.toFixed(2)).join(" "));
    this.svg.style.setProperty("--zoom", wide / width);
    this.toggleAttribute("near", wide / width > 1.01);
  }

  zoom(by, atX = 0.5, atY = 0.5) {
    const [x, y, width, height] = this.box;
    const next = Math.min(Math.max((this.whole[2] / width) * by, 1), MOST);
    const wide = this.whole[2] / next, high = this.whole[3] / next;
    this.show(x + (width - wide) * atX, y + (height - high) * atY, wide, high);
  }

  pan(dx, dy) { // shares of what is seen
    const [x, y, width, height] = this.box;
    this.show(x + dx * width, y + dy * height, width, height);
  }

  handleEvent(event) {
    const { left, top, width, height } = this.svg.getBoundingClientRect();
    const at = [(event.clientX - left) / width, (event.clientY - top) / height];
    if (event.type === "wheel") {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoom(2 ** (-event.deltaY / 200), ...at);
    } else if (event.type === "keydown") {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const moves = { ArrowLeft: [-0.2, 0], ArrowRight: [0.2, 0], ArrowUp: [0, -0.2], ArrowDown: [0, 0.2] };
      if (event.key === "+" || event.key === "=") this.zoom(STEP);
      else if (event.key === "-" || event.key === "−") this.zoom(1 / STEP);
      else if (event.key === "0") this.show(...this.whole);
      else if (moves[event.key] && this.hasAttribute("near")) this.pan(...moves[event.key]);
      else return;
      event.preventDefault();
    } else if (event.type === "pointerdown") {
      if (!this.held.size) this.moved = 0;
      this.held.set(event.pointerId, at);
    } else if (event.type === "pointermove" && this.held.has(event.pointerId)) {
      const before = this.held.get(event.pointerId);
      const other = [...this.held].find(([id]) => id !== event.pointerId)?.[1];
      this.moved += Math.hypot((at[0] - before[0]) * width, (at[1] - before[1]) * height);
      if (this.moved > SLIP) this.svg.setPointerCapture(event.pointerId);
      if (other) this.zoom(apart(at, other) / (apart(before, other) || 1), (at[0] + other[0]) / 2, (at[1] + other[1]) / 2);
      else this.pan(before[0] - at[0], before[1] - at[1]);
      this.held.set(event.pointerId, at);
    } else this.held.delete(event.pointerId);
  }
}

const apart = ([x, y], [otherX, otherY]) => Math.hypot(x - otherX, y - otherY);

customElements.define("pan-zoom", PanZoom);
