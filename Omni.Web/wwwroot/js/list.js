// The list's own manners: order is held while pointer or keyboard are in it, pages load before the end is reached, swipes on a phone.
import { wait } from './dom.js';
import { freshen } from './times.js';

class OmniList extends HTMLElement {
  static observedAttributes = ['open'];

  attributeChangedCallback() { this.mark(); }

  connectedCallback() {
    this.held = false;
    const look = () => {
      const pointer = matchMedia('(hover: hover)').matches && this.matches(':hover');
      const keyboard = this.querySelector(':focus-visible') !== null;
      if ((pointer || keyboard) === this.held) return;
      this.held = pointer || keyboard;
      this.tell('omnihold', { held: this.held });
    };
    for (const name of ['pointerenter', 'pointerleave', 'focusin', 'focusout']) this.addEventListener(name, () => setTimeout(look, 0));
    this.end = new IntersectionObserver((seen) => seen.forEach((s) => s.isIntersecting && /** @type {HTMLElement} */ (s.target).click()), { root: this, rootMargin: '600px' });
    this.rows = new MutationObserver(() => this.refresh());
    this.rows.observe(this, { childList: true, subtree: true });
    this.refresh();
    this.addEventListener('click', (e) => this.pick(e), { capture: true });
    this.addEventListener('keydown', (e) => this.move(e));
    this.addEventListener('scroll', () => sessionStorage.setItem('omni.list', JSON.stringify([location.search, this.scrollTop])), { passive: true });
    const [where, top] = JSON.parse(sessionStorage.getItem('omni.list') ?? '["",0]');
    if (where === location.search) this.scrollTop = top;
    this.swipes();
  }

  disconnectedCallback() {
    this.rows?.disconnect();
    this.end?.disconnect();
  }

  /** @param {string} name @param {any} detail */
  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail })); }

  /** The open row and the one that Tab leads to. Rows come without these marks, so that the same row serves everybody. */
  mark() {
    const rows = [...this.querySelectorAll('.row')];
    const open = rows.find((r) => /** @type {HTMLElement} */ (r).dataset.id === this.getAttribute('open'));
    for (const row of rows) {
      const selected = String(row === open || row.querySelector('.box.on') !== null);
      if (row.getAttribute('aria-selected') !== selected) row.setAttribute('aria-selected', selected);
      const tab = row === (open ?? rows[0]) ? '0' : '-1';
      if (row.getAttribute('tabindex') !== tab) row.setAttribute('tabindex', tab);
    }
  }

  refresh() {
    this.mark();
    freshen(this); // rows may have been drawn for somebody else a while ago
    const more = this.querySelector('[data-more]');
    if (more && more !== this.more) {
      this.end.disconnect();
      this.end.observe(more);
    } else if (more) {
      // Still near after a page came: look again.
      this.end.unobserve(more);
      this.end.observe(more);
    }
    this.more = more;
    // Whoever acted on a row that left goes on with the open one.
    if (document.activeElement === document.body && this.wasFocused) this.open?.focus({ preventScroll: true });
    this.wasFocused = this.contains(document.activeElement);
  }

  get open() { return /** @type {HTMLElement|null} */ (this.querySelector('.row[tabindex="0"]') ?? this.querySelector('.row')); }

  /** Moves the focus among rows. @param {KeyboardEvent} e */
  move(e) {
    if (!(e.target instanceof HTMLElement) || !e.target.matches('.row')) return;
    const rows = [...this.querySelectorAll('.row')].map((r) => /** @type {HTMLElement} */ (r));
    const at = rows.indexOf(e.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[e.key];
    if (to === undefined || !rows[to]) return;
    e.preventDefault();
    rows[to].focus();
    if (e.shiftKey) this.tell('omnipick', { ids: [rows[at].dataset.id, rows[to].dataset.id] });
  }

  /** Shift picks up to here, a click on a box picks one. @param {MouseEvent} e */
  pick(e) {
    const row = /** @type {HTMLElement|null} */ (e.target instanceof Element ? e.target.closest('.row') : null);
    if (!row) {
      // Drawn anew between press and release: the click falls on the row's place.
      const place = e.target instanceof Element && e.target.matches('[role="listbox"] > div') ? e.target.querySelector('.row') : null;
      /** @type {HTMLElement|null} */ (place)?.click();
      return;
    }
    const box = e.target instanceof Element && e.target.closest('.box');
    if (!e.shiftKey && !box) { this.anchor = row.dataset.id; return; }
    e.preventDefault();
    e.stopPropagation();
    const ids = [...this.querySelectorAll('.row')].map((r) => /** @type {HTMLElement} */ (r).dataset.id);
    if (box) {
      this.tell('omnipick', { ids: [row.dataset.id], toggle: true });
    } else {
      const [from, to] = [ids.indexOf(this.anchor ?? this.open?.dataset.id), ids.indexOf(row.dataset.id)].sort((a, b) => a - b);
      this.tell('omnipick', { ids: ids.slice(Math.max(0, from), to + 1) });
    }
    this.anchor = row.dataset.id;
  }

  /** Right resolves, left snoozes; buttons do the same. */
  swipes() {
    let x = 0; let y = 0; /** @type {HTMLElement|null} */ let row = null;
    this.addEventListener('touchstart', (e) => {
      row = e.target instanceof Element ? e.target.closest('.row') : null;
      ({ clientX: x, clientY: y } = e.touches[0]);
    }, { passive: true });
    this.addEventListener('touchmove', (e) => {
      if (!row) return;
      const dx = e.touches[0].clientX - x;
      if (Math.abs(e.touches[0].clientY - y) > 24) { row.style.translate = ''; row = null; return; }
      if (Math.abs(dx) > 16) row.style.translate = `${dx}px`;
    }, { passive: true });
    this.addEventListener('touchend', async (e) => {
      if (!row) return;
      const dx = e.changedTouches[0].clientX - x;
      const swiped = row;
      row = null;
      swiped.style.translate = '';
      if (Math.abs(dx) > 96) {
        await wait(0);
        this.tell('omniswipe', { id: swiped.dataset.id, right: dx > 0 });
      }
    });
  }
}

customElements.define('omni-list', OmniList);
