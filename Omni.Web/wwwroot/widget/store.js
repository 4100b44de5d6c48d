// What the widget remembers in this browser, apart for each site. Where the browser keeps nothing for us, it lasts as long as the page.

export class Store {
  #memory = new Map();

  /** @param {string} site @param {() => Storage} place a getter: reading the property alone throws where storage is blocked */
  constructor(site, place) {
    this.prefix = `omni.${site}.`;
    try {
      this.kept = place();
      this.kept.setItem(this.prefix, '1');
      this.kept.removeItem(this.prefix);
    } catch {
      this.kept = null;
    }
  }

  /** @param {string} key @returns {any} null when nothing is kept */
  get(key) {
    try {
      return JSON.parse(this.kept?.getItem(this.prefix + key) ?? this.#memory.get(key) ?? 'null');
    } catch {
      return null; // somebody else wrote there
    }
  }

  /** Keeps a value; null forgets it. @param {string} key @param {any} value */
  set(key, value) {
    const text = value === null ? null : JSON.stringify(value);
    this.#memory.delete(key);
    try {
      if (text === null) this.kept?.removeItem(this.prefix + key);
      else if (this.kept) this.kept.setItem(this.prefix + key, text);
      else this.#memory.set(key, text);
    } catch {
      this.#memory.set(key, text); // full
    }
  }

  /** All keys that begin so. @param {string} start */
  keys(start) {
    const at = this.prefix + start;
    const kept = this.kept ? Object.keys(this.kept).filter((k) => k.startsWith(at)).map((k) => k.slice(this.prefix.length)) : [];
    return [...new Set([...kept, ...[...this.#memory.keys()].filter((k) => k.startsWith(start))])];
  }
}
