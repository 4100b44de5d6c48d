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

/** How an element inside a piece of markup is found again in the next drawing of it. @param {Element} element */
function nameOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  for (const name of ['data-key', 'popovertarget', 'data-act', 'data-copy', 'data-jump']) {
    const value = element.getAttribute(name);
    if (value !== null) return `[${name}="${CSS.escape(value)}"]${element.hasAttribute('data-value') ? `[data-value="${CSS.escape(element.getAttribute('data-value') ?? '')}"]` : ''}`;
  }
  return '';
}

/** Rows, bubbles and heads are drawn anew as a whole when something in them changes: whoever had the focus in one has it in the next. */
export function holdFocus() {
  /** @type {{box: Element, name: string, element: Element}|null} */
  let last = null;
  document.addEventListener('focusin', (e) => {
    const element = /** @type {Element} */ (e.target);
    const box = element.closest('omni-list, omni-timeline, .conv__head');
    const name = box ? nameOf(element) : '';
    last = box && name ? { box, name, element } : null;
  });
  new MutationObserver(() => {
    if (!last || last.element.isConnected || document.activeElement !== document.body) return;
    const again = /** @type {HTMLElement|null} */ (last.box.querySelector(last.name));
    last = null;
    again?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}
