// The first answer is a finished page; when the circuit comes up, Blazor draws every element anew. Whoever had moved the focus meanwhile keeps it.

const PATIENCE = 3000;

/** Where an element stands below the body. @param {Element} element @returns {[number, string][]} */
function placeOf(element) {
  /** @type {[number, string][]} */
  const steps = [];
  for (let e = element; e.parentElement && e !== document.body; e = e.parentElement) steps.unshift([[...e.parentElement.children].indexOf(e), e.tagName]);
  return steps;
}

/** @param {[number, string][]} place @returns {Element|null} null when something else stands there now */
function at(place) {
  /** @type {Element|null} */
  let element = document.body;
  for (const [index, tag] of place) {
    element = element?.children[index] ?? null;
    if (element?.tagName !== tag) return null;
  }
  return element;
}

/** Watches until the circuit has drawn the page. */
export function keepFocus() {
  /** @type {[number, string][]|null} */
  let place = null;
  const note = (/** @type {FocusEvent} */ e) => { place = placeOf(/** @type {Element} */ (e.target)); };
  document.addEventListener('focusin', note);
  let until = Infinity;
  const watch = new MutationObserver(() => {
    const live = document.querySelector('omni-live');
    if (live && !live.hasAttribute('data-up')) return;
    until = Math.min(until, Date.now() + PATIENCE); // the frame stands first, its parts follow
    if (place && document.activeElement === document.body) /** @type {HTMLElement|null} */ (at(place))?.focus({ preventScroll: true });
    if (place && document.activeElement === document.body && Date.now() < until) return;
    watch.disconnect();
    document.removeEventListener('focusin', note);
  });
  watch.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-up'] });
}
