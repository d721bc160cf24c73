// Puts pushed HTML in place: each of its top elements takes the place of the element of the same id.
//
// Nodes that did not change are kept, so a button pressed while its list is pushed still gets its click, the focus
// stays, and an aria-live region is told of the change instead of being swapped for another region.

export function replaceById(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const focused = document.activeElement;
  for (const fresh of [...template.content.children]) {
    const old = fresh.id && document.getElementById(fresh.id);
    if (old) morph(old, fresh);
  }
  // a moved element loses the focus; a replaced one hands it to its successor
  if (focused?.id && document.activeElement !== focused) {
    document.getElementById(focused.id)?.focus({ preventScroll: true });
  }
}

function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName) old.replaceWith(fresh);
  else if (old.nodeType !== Node.ELEMENT_NODE) old.data = fresh.data;
  else {
    copyAttributes(old, fresh);
    morphChildren(old, fresh);
  }
}

function copyAttributes(old, fresh) {
  // what the person unfolded stays unfolded
  const kept = old.nodeName === "DETAILS" ? "open" : null;
  for (const { name } of [...old.attributes]) {
    if (name !== kept && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== kept && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function morphChildren(old, fresh) {
  const coming = new Set([...fresh.children].map((child) => child.id));
  // gone first: what remains is then most often in the right order, and nothing has to move
  for (const child of [...old.children]) if (child.id && !coming.has(child.id)) child.remove();
  const known = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  let place = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const same = child.id ? known.get(child.id) : place && !place.id && place.nodeName === child.nodeName ? place : null;
    if (!same) old.insertBefore(child, place);
    else {
      if (same === place) place = place.nextSibling;
      else old.insertBefore(same, place);
      morph(same, child);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}
