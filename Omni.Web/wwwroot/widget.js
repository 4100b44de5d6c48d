// The chat of Omni on somebody else's page: <script type="module" src="https://HOST/widget.js" data-site="SITE"></script>
// This part is small and shows the button; the chat itself is fetched when somebody needs it.
import { Api } from './widget/api.js';
import { h } from './widget/dom.js';
import { Launcher } from './widget/launcher.js';
import { Store } from './widget/store.js';
import { dress, launcherLooks } from './widget/style.js';
import { choose, words } from './widget/words.js';

class Widget {
  #heard = new EventTarget();
  #shown = '';
  #since = Date.now();
  #unread = 0;

  /** @param {Api} api @param {Store} store @param {any} config @param {any} who what the page says of the visitor @param {any} t words @param {string} language */
  constructor(api, store, config, who, t, language) {
    Object.assign(this, { api, store, config, who, t, language });
    this.tab = new Store(config.siteKey, () => sessionStorage);
    this.launcher = new Launcher(api, t, { toggle: () => this.toggle(), open: () => this.open(), near: () => this.#load().catch(() => {}) });
    this.box = h(`section.w${config.theme.position === 'left' ? '.left' : ''}`, { lang: language, dir: language === 'ar' ? 'rtl' : 'ltr', 'aria-label': config.organization.name }, this.launcher.hello, this.launcher.button);
    this.host = h('omni-widget', { popover: 'manual' });
    const root = this.host.attachShadow({ mode: 'open' });
    dress(root, launcherLooks);
    root.append(this.box);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', () => this.#paint(dark.matches));
    this.#paint(dark.matches);
    this.#stand();
    this.draw();
    setInterval(() => this.#watch(), 1000);
    const isOpen = this.tab.get('open') && !matchMedia('(max-width: 767px)').matches;
    if (isOpen) this.open(false);
    else if (store.get('token') || store.keys('out.').length) this.#load().catch(() => {}); // on the next page then
  }

  get isOpen() {
    return !!this.chat?.panel.isOpen;
  }

  /** @param {boolean} [focus] */
  async open(focus = true) {
    const chat = await this.#load();
    if (this.isOpen) return;
    chat.open(focus);
    this.tab.set('open', true);
    this.draw();
    this.tell('open');
  }

  close() {
    if (!this.isOpen) return;
    this.chat.panel.dialog.close();
    this.tab.set('open', null);
    this.draw();
    this.launcher.button.focus();
    this.tell('close');
  }

  toggle() {
    return this.isOpen ? this.close() : this.open();
  }

  /** @param {any} who */
  async identify(who) {
    Object.assign(this.who, who);
    if (this.chat && (this.chat.talk.isKnown || this.isOpen)) await this.chat.identify(who);
  }

  /** @param {string} name @param {(detail: any) => void} fn */
  on(name, fn) {
    this.#heard.addEventListener(name, (e) => fn(/** @type {CustomEvent} */ (e).detail));
  }

  /** @param {string} name @param {any} [detail] */
  tell(name, detail) {
    this.#heard.dispatchEvent(new CustomEvent(name, { detail }));
  }

  draw() {
    const unread = this.chat?.talk.unread ?? 0;
    this.launcher.draw(this.isOpen, unread);
    if (this.#unread !== unread) this.tell('unread', unread);
    this.#unread = unread;
  }

  #load() {
    return (this.loading ??= import('./widget/chat.js').then(({ Chat }) => (this.chat = new Chat(this))).catch((e) => {
      this.loading = undefined;
      throw e;
    }));
  }

  #paint(isDark) {
    const { mode, color, onColor, darkColor, onDarkColor } = this.config.theme;
    const dark = mode === 'dark' || (mode !== 'light' && isDark);
    this.box.classList.toggle('dark', dark);
    this.box.style.setProperty('--brand', dark ? darkColor : color);
    this.box.style.setProperty('--on', dark ? onDarkColor : onColor);
  }

  // Above everything, whatever numbers the page gives its own layers.
  #stand() {
    document.body.append(this.host);
    if (!this.host.showPopover) this.host.removeAttribute('popover');
    else if (!this.host.matches(':popover-open')) this.host.showPopover();
  }

  // Pages that change without loading move on, replace their whole body, and give greetings their time.
  #watch() {
    if (!this.host.isConnected) this.#stand();
    if (this.#shown !== location.href) {
      if (this.#shown && this.chat?.talk.visitor) this.chat.talk.greet().catch(() => {}); // the next page tells
      this.#shown = location.href;
      this.#since = Date.now();
    }
    if (document.hidden || this.isOpen || !this.launcher.hello.hidden || this.chat?.talk.all.length) return;
    const due = this.config.proactive?.find((p) => !this.store.get(`said.${p.id}`) && Date.now() - this.#since >= p.afterSeconds * 1000 && isAt(p.page));
    if (!due) return;
    this.store.set(`said.${due.id}`, true);
    this.launcher.say(this.config.team.members?.[0] ?? { name: this.config.organization.name }, due.text);
  }
}

// "/pricing*": the star stands for anything.
const isAt = (glob) => new RegExp(`^${(glob || '*').split('*').map((p) => p.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')).join('.*')}$`).test(location.pathname);

async function begin() {
  const script = document.querySelector('script[data-site][src*="/widget.js"]');
  const site = script?.getAttribute('data-site');
  const page = /** @type {any} */ (window);
  if (!site || page.OmniWidget) return;
  page.OmniWidget = {}; // a second script of the same page ends here
  const store = new Store(site, () => localStorage);
  const api = new Api(new URL(import.meta.url).origin, site, store);
  const who = { ...page.omniWidget };
  const config = (await api.call('/config')).data;
  const language = choose(config.language === 'auto' ? [who.language, document.documentElement.lang, ...navigator.languages] : [config.language]);
  const widget = new Widget(api, store, config, who, await words(language), language);
  for (const name of ['open', 'close', 'toggle', 'identify', 'on']) page.OmniWidget[name] = (...given) => widget[name](...given);
}

begin().catch((e) => console.warn(`Omni chat is not shown here. ${e.message}`));
