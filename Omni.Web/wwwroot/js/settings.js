// Small helps of the settings: dialogs that the browser itself keeps modal, and copy buttons.

class OmniModal extends HTMLElement {
  connectedCallback() {
    this.origin = /** @type {HTMLElement|null} */ (document.activeElement);
    // The content is put in by the page's renderer, which may come after this element itself.
    requestAnimationFrame(() => {
      const dialog = this.querySelector('dialog');
      if (!dialog || dialog.open || !this.isConnected) return;
      dialog.addEventListener('cancel', (e) => {
        e.preventDefault();
        /** @type {HTMLElement|null} */ (dialog.querySelector('[data-cancel]'))?.click();
      });
      dialog.showModal();
      /** @type {HTMLElement|null} */ (dialog.querySelector('[data-first], input:not([readonly]), select, textarea'))?.focus();
    });
  }

  disconnectedCallback() {
    if (this.origin?.isConnected) this.origin.focus();
  }
}

// How the reader wants pages to look and keys to work: kept in this browser, read by the scripts that need it.
class OmniPref extends HTMLElement {
  connectedCallback() {
    const key = `omni.${this.getAttribute('name')}`;
    requestAnimationFrame(() => {
      const select = this.querySelector('select');
      if (!select) return;
      try {
        const kept = localStorage.getItem(key) ?? '';
        if ([...select.options].some((o) => o.value === kept)) select.value = kept;
      } catch (e) {
        select.disabled = true; // this browser keeps nothing for us
        return;
      }
      select.onchange = () => {
        if (select.value) localStorage.setItem(key, select.value);
        else localStorage.removeItem(key);
        const name = this.getAttribute('name');
        if (name !== 'theme' && name !== 'density') return;
        if (select.value) document.documentElement.dataset[name] = select.value;
        else delete document.documentElement.dataset[name];
      };
    });
  }
}

if (!customElements.get('omni-modal')) {
  customElements.define('omni-pref', OmniPref);
  customElements.define('omni-modal', OmniModal);
  document.addEventListener('click', async (e) => {
    const button = /** @type {HTMLElement} */ (e.target).closest?.('[data-copy]');
    const field = button && /** @type {HTMLInputElement|null} */ (document.getElementById(button.getAttribute('data-copy') ?? '')); // or a text that is only shown
    if (!button || !field) return;
    try {
      await navigator.clipboard.writeText(field.value ?? field.textContent);
    } catch {
      // Browsers give the clipboard to pages under https only; the selected text can be copied by hand.
      if (field.select) field.select();
      else getSelection()?.selectAllChildren(field);
      return;
    }
    const words = button.querySelector('span');
    if (!words) return;
    words.textContent = 'Copied';
    setTimeout(() => { words.textContent = 'Copy'; }, 1500);
  });
}
