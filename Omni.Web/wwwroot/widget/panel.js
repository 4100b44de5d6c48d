// The open chat: a dialog in the page's corner, and over the whole screen on a phone.
import { Bubbles } from './bubbles.js';
import { Composer } from './composer.js';
import { button, face, h } from './dom.js';
import { before, later, mail } from './forms.js';
import { put } from './words.js';

export class Panel {
  view = '';

  /**
   * @param {import('./talk.js').Talk} talk @param {any} t words @param {string} language
   * @param {{close: () => void, mute: () => boolean, isMuted: () => boolean}} own
   */
  constructor(talk, t, language, own) {
    Object.assign(this, { talk, t, language, own });
    this.bubbles = new Bubbles(talk, t, language);
    this.composer = new Composer(talk, t, () => this.#down());
    this.faces = h('span.faces');
    this.title = h('bdi');
    this.about = h('p');
    this.menu = h('div.menu', { hidden: true });
    this.dots = button('more', t.more, () => this.#open(this.menu.hidden));
    this.dots.setAttribute('aria-expanded', 'false');
    this.strip = h('div.strip', { role: 'status', hidden: true });
    this.log = h('div.log', { role: 'log', 'aria-live': 'polite', 'aria-label': t.messages, tabindex: '0', onscroll: () => this.#scrolled() });
    this.latest = h('button.latest', { type: 'button', hidden: true, onclick: () => this.#down() }, t.newest);
    this.composer.box.prepend(this.latest);
    this.older = h('button.older', { type: 'button', onclick: () => this.#older() }, t.earlier);
    this.greeting = h('div.msg', {}, h('div.bubble', { dir: 'auto' }));
    this.foot = h('div.foot');
    this.dialog = /** @type {HTMLDialogElement} */ (h('dialog.panel', {
      'aria-label': put(t.chat, { name: talk.config.organization.name }),
      oncancel: (e) => { e.preventDefault(); this.#escape(); },
      onkeydown: (e) => { if (e.key === 'Escape') { e.preventDefault(); e.stopPropagation(); this.#escape(); } },
      onclick: (e) => { if (!this.menu.hidden && !this.menu.contains(e.target) && !this.dots.contains(e.target)) this.#open(false); },
    }, h('header.head', {}, this.faces, h('div', {}, h('h2', {}, this.title), this.about), this.dots, button('x', t.close, own.close)), this.menu, this.strip, this.log, this.composer.box, this.foot));
    this.phone = matchMedia('(max-width: 767px)');
    this.phone.addEventListener('change', () => { if (this.isOpen) { this.dialog.close(); this.show(); } });
    visualViewport?.addEventListener('resize', () => this.#fit());
    visualViewport?.addEventListener('scroll', () => this.#fit());
    talk.addEventListener('change', () => this.draw());
    addEventListener('visibilitychange', () => this.draw());
  }

  get isOpen() {
    return this.dialog.open;
  }

  /** @param {boolean} [focus] */
  show(focus) {
    if (this.phone.matches) this.dialog.showModal();
    else this.dialog.setAttribute('open', ''); // show() would take the focus even where nobody asked for the chat
    this.view = ''; // a form that was left is decided on anew
    this.draw();
    this.composer.grow();
    this.#fit();
    this.#down();
    if (focus && !this.phone.matches) /** @type {HTMLElement|null} */ (this.dialog.querySelector('.form :is(input, select, textarea), .line textarea'))?.focus();
  }

  /** Words that stay until the panel is drawn for something else. @param {string} [words] */
  say(words) {
    this.said = words ?? '';
    this.draw();
  }

  draw() {
    if (!this.isOpen) return;
    const { talk, t } = this;
    const { config, team } = talk;
    const view = this.#next();
    if (view !== this.view) this.#turn(view);
    const isAway = team.state === 'offline';
    const isTalk = view === 'talk';
    this.title.textContent = view === 'later' ? t.away : (!talk.messages.length && config.greeting?.title) || config.organization.name;
    const when = isAway ? [view === 'later' ? '' : t.away, this.#back(team.backAt)].filter(Boolean).join('. ') : t[team.replyTime] ?? '';
    this.about.textContent = when;
    this.about.hidden = !when;
    const people = isAway ? [] : (team.members ?? []).slice(0, 3);
    if (this.people !== JSON.stringify(people)) this.faces.replaceChildren(...people.map((p) => face(p, (u) => talk.api.address(u))));
    this.people = JSON.stringify(people);
    this.faces.hidden = !people.length;
    const strip = !talk.live ? t.down : this.said;
    if (this.strip.textContent !== strip) this.strip.textContent = strip ?? '';
    this.strip.hidden = !strip;
    const email = isTalk && talk.messages.length && talk.visitor?.email;
    this.foot.textContent = [email && put(t.answers, { email }), t.runs].filter(Boolean).join(' · ');
    this.dots.hidden = !isTalk;
    if (!isTalk) return;
    const isDown = this.#isDown;
    const hello = !talk.more && config.greeting?.text;
    /** @type {any} */ (this.greeting.firstChild).textContent = hello;
    const count = talk.all.length;
    this.bubbles.draw(this.log, [...(talk.more ? [this.older] : []), ...(hello ? [this.greeting] : [])]);
    if (isDown) this.#down();
    else if (count > this.count) this.latest.hidden = false;
    this.count = count;
    if (!document.hidden && (talk.unread || isDown)) talk.seen();
  }

  #next() {
    const { config, store, team, all, who } = this.talk;
    const wanted = this.mailing ? 'mail' : config.identity?.required && !who.identifier && !store.get('who') ? 'sign' : all.length ? 'talk'
      : team.state === 'offline' && config.offline?.enabled ? 'later' : config.preChat?.enabled && config.preChat.fields.length && !store.get('asked') ? 'before' : 'talk';
    // A form somebody is filling in does not go away because the team comes or goes.
    return this.view && !all.length && !this.mailing && [...this.dialog.querySelectorAll('.form :is(input, textarea)')].some((i) => /** @type {any} */ (i).value) ? this.view : wanted;
  }

  #turn(view) {
    const { talk, t } = this;
    const focused = this.dialog.contains(/** @type {any} */ (this.dialog.getRootNode()).activeElement);
    const done = (draft) => {
      talk.store.set('asked', true);
      if (draft.offline) this.said = t.thanks;
      talk.send(draft);
    };
    const back = (words) => {
      this.mailing = false;
      this.view = '';
      this.say(words);
    };
    this.view = view;
    this.form?.remove();
    this.form = view === 'before' ? before(t, talk.config, talk, done) : view === 'later' ? later(t, talk.config, talk, done) : view === 'mail' ? mail(t, talk, back)
      : view === 'sign' ? h('div.form', {}, h('p', {}, t.signIn)) : null;
    if (this.form) this.strip.after(this.form);
    this.log.hidden = this.composer.box.hidden = view !== 'talk';
    this.count = Infinity;
    if (focused && !this.phone.matches) /** @type {HTMLElement|null} */ (this.dialog.querySelector('.form :is(input, select, textarea), .line textarea'))?.focus();
  }

  /** @param {boolean} open */
  #open(open) {
    const { t, own, talk } = this;
    const item = (label, act) => h('button', { type: 'button', onclick: () => { this.#open(false); act(); } }, label);
    this.menu.replaceChildren(...[
      talk.config.transcript && talk.messages.length ? item(t.transcript, () => { this.mailing = true; this.#turnNow(); }) : null,
      item(own.isMuted() ? t.unmute : t.mute, own.mute),
    ].filter((i) => i !== null));
    this.menu.hidden = !open;
    this.dots.setAttribute('aria-expanded', String(open));
    if (open) /** @type {any} */ (this.menu.firstChild).focus();
    else this.dots.focus();
  }

  #turnNow() {
    this.said = '';
    this.draw();
    /** @type {any} */ (this.form?.querySelector('input'))?.focus();
  }

  #escape() {
    if (!this.menu.hidden) this.#open(false);
    else if (!this.composer.emoji.hidden) this.composer.pick(false);
    else this.own.close();
  }

  #back(at) {
    if (!at) return '';
    const date = new Date(at);
    const isToday = date.toDateString() === new Date().toDateString();
    return put(this.t.back, { at: date.toLocaleString(this.language, { weekday: isToday ? undefined : 'long', hour: '2-digit', minute: '2-digit' }) });
  }

  get #isDown() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
  }

  #down() {
    this.log.scrollTop = this.log.scrollHeight;
    this.latest.hidden = true;
  }

  #scrolled() {
    if (this.#isDown) this.latest.hidden = true;
    if (this.log.scrollTop < 40 && this.talk.more) this.#older();
  }

  async #older() {
    if (this.busy) return;
    this.busy = true;
    const { scrollHeight, scrollTop } = this.log;
    this.log.setAttribute('aria-busy', 'true');
    this.count = Infinity;
    await this.talk.load(true).catch(() => {}); // the button stays
    this.log.scrollTop = scrollTop + this.log.scrollHeight - scrollHeight;
    this.log.removeAttribute('aria-busy');
    this.busy = false;
  }

  // On a phone the panel ends where the keyboard begins.
  #fit() {
    if (!this.isOpen) return;
    const fits = this.phone.matches && visualViewport;
    this.dialog.style.height = fits ? `${visualViewport.height}px` : '';
    this.dialog.style.top = fits ? `${visualViewport.offsetTop}px` : '';
    if (fits && this.#isDown) this.#down();
  }
}
