// The timeline's own manners: it stands at the end, keeps its place when older or newer messages come, and says when it was seen.
import { announce, h, icon } from './dom.js';

const NEAR = 80;
const PREVIEW = 200;

/** What a reply quotes. @param {HTMLElement} bubble */
const previewOf = (bubble) => bubble.dataset.preview ?? (bubble.querySelector('p[dir]')?.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, PREVIEW);

class OmniTimeline extends HTMLElement {
  static observedAttributes = ['target'];

  attributeChangedCallback() { this.find(); }

  connectedCallback() {
    this.fresh = 0;
    this.newest = this.lastSeq();
    this.addEventListener('scroll', () => this.scrolled(), { passive: true });
    this.addEventListener('keydown', (e) => this.move(e));
    this.addEventListener('click', (e) => this.clicked(e));
    for (const name of ['pointerover', 'focusin']) this.addEventListener(name, (e) => this.offer(e.target));
    this.content = new MutationObserver(() => this.grown());
    this.content.observe(this, { childList: true, subtree: true });
    this.top = new IntersectionObserver((seen) => seen.forEach((s) => s.isIntersecting && /** @type {HTMLButtonElement} */ (s.target).click()), { root: this, rootMargin: '400px' });
    this.look = () => { this.seen(); this.view(); };
    this.show = (/** @type {CustomEvent} */ e) => { this.found = ''; this.find(`m${e.detail.replace(/-/g, '')}`); };
    document.addEventListener('omni:show', this.show);
    addEventListener('focus', this.look);
    addEventListener('blur', this.look);
    document.addEventListener('visibilitychange', this.look);
    this.sent = () => { this.scrollTop = 0; };
    document.addEventListener('omni:sent', this.sent);
    const kept = sessionStorage.getItem(`omni.at.${this.key}`);
    if (kept) this.scrollTop = Number(kept);
    requestAnimationFrame(() => { this.find(); this.watchTop(); this.seen(); this.view(); });
  }

  disconnectedCallback() {
    this.content?.disconnect();
    this.top?.disconnect();
    removeEventListener('focus', this.look);
    removeEventListener('blur', this.look);
    document.removeEventListener('visibilitychange', this.look);
    document.removeEventListener('omni:sent', this.sent);
    document.removeEventListener('omni:show', this.show);
  }

  /** Shows the message that the address or a notification names, once. @param {string|null} wanted */
  find(wanted = this.getAttribute('target')) {
    if (!wanted || wanted === this.found) return;
    const message = this.querySelector(`#${CSS.escape(wanted)}`);
    if (!(message instanceof HTMLElement)) return;
    this.found = wanted;
    this.point(message);
  }

  /** @param {HTMLElement} message */
  point(message) {
    message.scrollIntoView({ block: 'center' });
    message.focus({ preventScroll: true });
    message.classList.add('flash');
    setTimeout(() => message.classList.remove('flash'), 1500);
  }

  /** Tells whether the conversation is before the reader's eyes: what they see needs no push. */
  view() {
    const visible = document.visibilityState === 'visible' && document.hasFocus();
    if (visible === this.visible) return;
    this.visible = visible;
    this.dispatchEvent(new CustomEvent('omniview', { bubbles: true, detail: { visible } }));
  }

  get key() { return this.querySelector('omni-pending')?.getAttribute('conversation') ?? ''; }

  // The scroller runs from its end (column-reverse): 0 is the newest message, older ones are negative.
  get atEnd() { return Math.abs(this.scrollTop) < NEAR; }

  lastSeq() { return Math.max(0, ...[...this.querySelectorAll('[data-seq]')].map((m) => Number(/** @type {HTMLElement} */ (m).dataset.seq))); }

  grown() {
    this.find();
    const seq = this.lastSeq();
    if (seq > this.newest) {
      const news = [...this.querySelectorAll('[data-seq]')].filter((m) => Number(/** @type {HTMLElement} */ (m).dataset.seq) > this.newest && !m.matches('[data-out="own"], .system')).length;
      this.fresh = this.atEnd ? 0 : this.fresh + news;
      this.newest = seq;
      this.seen();
    }
    this.watchTop();
    this.jump();
  }

  watchTop() {
    const more = this.querySelector('[data-more]');
    this.top.disconnect();
    if (more && !more.hasAttribute('disabled')) this.top.observe(more);
  }

  scrolled() {
    if (this.atEnd) this.fresh = 0;
    sessionStorage.setItem(`omni.at.${this.key}`, String(this.atEnd ? 0 : this.scrollTop));
    this.jump();
    this.seen();
  }

  jump() {
    const place = document.querySelector('omni-jump');
    if (!place) return;
    const words = this.atEnd ? '' : this.fresh > 0 ? `${this.fresh} new` : 'Latest';
    if (place.textContent === words) return;
    place.replaceChildren(...(words ? [h('button', { class: 'btn', type: 'button', onclick: () => { this.scrollTop = 0; } }, icon('arrow-down', 's'), words)] : []));
  }

  /** Seen is what is at the end of a visible window that has the focus. */
  seen() {
    if (document.visibilityState !== 'visible' || !document.hasFocus() || !this.atEnd || this.newest <= (this.told ?? 0)) return;
    this.told = this.newest;
    this.dispatchEvent(new CustomEvent('omniseen', { bubbles: true, detail: { seq: this.newest } }));
  }

  /** Arrows walk through the messages. @param {KeyboardEvent} e */
  move(e) {
    if (e.key !== 'ArrowUp' && e.key !== 'ArrowDown') return;
    if (e.target !== this && !(e.target instanceof HTMLElement && e.target.matches('[role="article"]'))) return;
    const all = [...this.querySelectorAll('[role="article"]')].map((m) => /** @type {HTMLElement} */ (m));
    const at = all.indexOf(/** @type {HTMLElement} */ (e.target));
    const next = at < 0 ? all[all.length - 1] : all[at + (e.key === 'ArrowUp' ? -1 : 1)];
    if (next) {
      e.preventDefault();
      next.focus();
    }
  }

  /** The button for a reply stands in the message that is looked at, and in no other. @param {EventTarget|null} target */
  offer(target) {
    const bubble = /** @type {HTMLElement|null} */ (this.hasAttribute('reply') && target instanceof Element ? target.closest('.msg')?.querySelector('.bubble[data-mid]') : null);
    if (!bubble || bubble.hasAttribute('data-gone') || bubble.contains(this.replying ?? null)) return;
    this.replying = h('button', { class: 'reply', type: 'button', 'data-reply-to': bubble.dataset.mid, 'aria-label': 'Reply to this message', tabindex: '-1' }, icon('reply', 's'));
    this.querySelector('.reply')?.remove();
    bubble.append(this.replying);
  }

  /** @param {MouseEvent} e */
  clicked(e) {
    const target = e.target instanceof Element ? e.target : null;
    const jump = /** @type {HTMLElement|null} */ (target?.closest('[data-jump]'));
    const reply = /** @type {HTMLElement|null} */ (target?.closest('[data-reply-to]'));
    if (jump) {
      e.preventDefault();
      const message = document.getElementById(jump.dataset.jump ?? '');
      if (!message) return announce('That message is further up.');
      this.point(message);
    } else if (reply) {
      document.dispatchEvent(new CustomEvent('omni:reply', { detail: { id: reply.dataset.replyTo, preview: previewOf(/** @type {HTMLElement} */ (reply.closest('.bubble'))) } }));
    }
    return undefined;
  }
}

customElements.define('omni-timeline', OmniTimeline);
