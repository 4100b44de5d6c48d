// The messages as they are drawn. A bubble is made once; later only its foot and words change.
import { face, h, icon, linked, size, sync } from './dom.js';
import { put } from './words.js';

const Run = 5 * 60000; // messages this close together belong to one run

export class Bubbles {
  /** @type {Map<string, any>} */ #drawn = new Map();

  /** @param {import('./talk.js').Talk} talk @param {any} t words @param {string} language */
  constructor(talk, t, language) {
    Object.assign(this, { talk, t, language });
    this.time = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });
    this.dots = h('div.msg', { 'aria-live': 'off' }, h('div.bubble.dots', {}, h('i'), h('i'), h('i')), this.writer = h('span.vh'));
  }

  /** @param {Element} log @param {any[]} first what stands above everything: greeting, button for older ones */
  draw(log, first) {
    const { talk } = this;
    const nodes = [...first];
    const all = talk.all;
    let day = this.#day(Date.now()); // a talk of today alone needs no heading
    all.forEach((m, n) => {
      const before = all[n - 1];
      const after = all[n + 1];
      const same = (a, b) => a && b && a.direction === b.direction && a.author?.name === b.author?.name && Math.abs(+new Date(b.at) - +new Date(a.at)) < Run;
      const date = this.#day(m.at);
      if (date !== day) nodes.push(this.#keep(`day ${date}`, () => h('div.date', { 'aria-live': 'off' }, date)));
      nodes.push(this.#message(m, same(before, m) && date === day, same(m, after)));
      day = date;
    });
    if (talk.typing !== null) {
      this.writer.textContent = put(this.t.typing, { name: talk.typing || this.t.team });
      nodes.push(this.dots);
    }
    sync(log, nodes);
  }

  #keep(key, make) {
    if (!this.#drawn.has(key)) this.#drawn.set(key, make());
    return this.#drawn.get(key);
  }

  #day(at) {
    const date = new Date(at);
    const days = Math.round((new Date(date).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 864e5);
    return days > -2 ? new Intl.RelativeTimeFormat(this.language, { numeric: 'auto' }).format(days, 'day')
      : date.toLocaleDateString(this.language, { weekday: 'short', day: 'numeric', month: 'long' });
  }

  #message(m, isNext, isFollowed) {
    const { talk, t } = this;
    const own = m.direction === 'visitor';
    const box = this.#keep(m.clientId || m.id, () => h(`div.msg${own ? '.own' : ''}`));
    const words = JSON.stringify([m.text, m.attachments]);
    if (box.words !== words) {
      box.words = words;
      box.meta = h('div.meta', { 'aria-live': 'off' });
      box.from = own ? null : h('div.from', {}, face(m.author, (u) => talk.api.address(u)), h('bdi', {}, m.author?.name || t.team));
      box.replaceChildren(...[box.from, ...m.attachments.map((a) => this.#file(a)), m.text && h('div.bubble', { dir: 'auto' }, ...linked(m.text)), box.meta].filter(Boolean));
    }
    box.classList.toggle('next', !!isNext);
    box.classList.toggle('bad', m.status === 'failed');
    if (box.from) box.from.hidden = isNext;
    const state = own ? t[m.position && m.position <= talk.teamRead ? 'read' : m.status] : '';
    const stuck = m.status === 'failed' || m.status === 'held';
    const foot = [m.status === 'failed' ? `${t.failed} ${m.reason}` : [stuck ? '' : this.time.format(new Date(m.at)), state].filter(Boolean).join(' · ')];
    if (m.status === 'failed') foot.push(this.#act(t.retry, () => talk.again(m.clientId)), this.#act(t.remove, () => talk.drop(m.clientId)));
    if (box.foot !== foot[0]) box.meta.replaceChildren(...foot);
    box.foot = foot[0];
    box.meta.hidden = isFollowed && !stuck;
    return box;
  }

  #act = (label, onclick) => h('button', { type: 'button', onclick }, label);

  #file(a) {
    const href = this.talk.api.address(a.url);
    const isPhoto = a.mime?.startsWith('image/') && href;
    const link = (css, ...inside) => h(href ? `a.bubble.${css}` : `div.bubble.${css}`, { href, target: '_blank', rel: 'noopener noreferrer' }, ...inside);
    return isPhoto
      ? link('photo', h('img', { src: href, alt: a.name || this.t.file, width: a.width, height: a.height, loading: 'lazy' }))
      : link('doc', icon('file'), h('span', {}, h('u', { dir: 'auto' }, a.name || this.t.file), a.size ? h('small', {}, size(a.size)) : null));
  }
}
