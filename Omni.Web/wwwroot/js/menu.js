// Native popovers stand where their button is; arrows walk through them; a few buttons that need no server.
import { call } from './api.js';
import { announce, store } from './dom.js';
import { prefer } from './prefs.js';

document.addEventListener('beforetoggle', (e) => {
  const menu = /** @type {HTMLElement} */ (e.target);
  if (!menu.matches?.('.menu[popover]') || /** @type {ToggleEvent} */ (e).newState !== 'open') return;
  const button = [...document.querySelectorAll(`[popovertarget="${menu.id}"]`)].filter((b) => !menu.contains(b) && b.getClientRects().length > 0)
    .find((b) => b === document.activeElement || b.matches(':hover')) ?? [...document.querySelectorAll(`[popovertarget="${menu.id}"]`)].find((b) => !menu.contains(b) && b.getClientRects().length > 0);
  if (menu.id === 'views') showViews(menu);
  const at = (button ?? document.body).getBoundingClientRect();
  menu.style.visibility = 'hidden';
  requestAnimationFrame(() => {
    const size = menu.getBoundingClientRect();
    const below = innerHeight - at.bottom - 12;
    const up = below < size.height && at.top > below;
    menu.style.top = `${Math.max(8, up ? at.top - size.height - 6 : Math.min(at.bottom + 6, innerHeight - size.height - 8))}px`;
    menu.style.left = `${Math.max(8, Math.min(at.left + size.width > innerWidth - 8 ? at.right - size.width : at.left, innerWidth - size.width - 8))}px`;
    menu.style.visibility = '';
    /** @type {HTMLElement|null} */ (menu.querySelector('[aria-checked="true"], [role^="menuitem"], a, button'))?.focus();
  });
}, { capture: true });

/** The menu of views shows the same links as the panel, which is not seen on narrow screens. @param {HTMLElement} menu */
function showViews(menu) {
  const views = /** @type {HTMLElement|undefined} */ (document.querySelector('.views--panel')?.cloneNode(true));
  views?.classList.replace('views--panel', 'views--menu');
  menu.replaceChildren(...(views ? [views] : []));
}

document.addEventListener('toggle', (e) => {
  const menu = /** @type {HTMLElement} */ (e.target);
  if (menu.id === 'views' && /** @type {ToggleEvent} */ (e).newState === 'closed') menu.replaceChildren();
}, { capture: true });

/** A button or form in a piece of markup says what it wants; whoever drew the markup hears it. @param {HTMLElement} from @param {string} value */
const act = (from, value) => from.dispatchEvent(new CustomEvent('omniact', { bubbles: true, detail: { act: from.dataset.act, value } }));

document.addEventListener('submit', (e) => {
  const form = /** @type {HTMLFormElement} */ (e.target);
  if (!form.dataset.act) return;
  e.preventDefault();
  act(form, form.querySelector('input')?.value ?? '');
  /** @type {HTMLElement|null} */ (form.closest('[popover]'))?.hidePopover();
});

document.addEventListener('keydown', (e) => {
  const menu = e.target instanceof Element ? e.target.closest('.menu[popover]') : null;
  if (!menu || !['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(e.key) || e.target instanceof HTMLInputElement) return;
  const items = [...menu.querySelectorAll('a, button')].map((i) => /** @type {HTMLElement} */ (i));
  const at = items.indexOf(/** @type {HTMLElement} */ (e.target));
  const to = e.key === 'Home' ? 0 : e.key === 'End' ? items.length - 1 : (at + (e.key === 'ArrowDown' ? 1 : items.length - 1)) % items.length;
  e.preventDefault();
  items[to]?.focus();
});

/** Shows or hides the context: a column on wide screens, a drawer elsewhere. */
function toggleContext() {
  const root = document.documentElement;
  if (matchMedia('(min-width: 1280px)').matches) {
    root.dataset.context = root.dataset.context === 'closed' ? 'open' : 'closed';
    store.set('omni.context', root.dataset.context === 'closed' ? 'closed' : null);
  } else {
    root.dataset.drawer = root.dataset.drawer === 'open' ? '' : 'open';
    if (root.dataset.drawer === 'open') /** @type {HTMLElement|null} */ (document.querySelector('.ctx [data-toggle-context]'))?.focus();
    else /** @type {HTMLElement|null} */ (document.querySelector('.conv__tools [data-toggle-context]'))?.focus();
  }
}

function marks() {
  const root = document.documentElement;
  for (const b of document.querySelectorAll('[data-theme-choice]')) b.setAttribute('aria-pressed', String((root.dataset.theme ?? 'auto') === b.getAttribute('data-theme-choice')));
  for (const b of document.querySelectorAll('[data-density-choice]')) b.setAttribute('aria-pressed', String((root.dataset.density ?? 'normal') === b.getAttribute('data-density-choice')));
}
document.addEventListener('toggle', marks, { capture: true });

document.addEventListener('click', async (e) => {
  const target = e.target instanceof Element ? e.target : null;
  const theme = target?.closest('[data-theme-choice]')?.getAttribute('data-theme-choice');
  const density = target?.closest('[data-density-choice]')?.getAttribute('data-density-choice');
  const copy = target?.closest('[data-copy]');
  const wanted = /** @type {HTMLElement|null} */ (target?.closest('button[data-act]'));
  if (wanted) {
    act(wanted, wanted.dataset.value ?? '');
  } else if (theme) {
    prefer('theme', theme);
    marks();
  } else if (density) {
    prefer('density', density === 'dense' ? 'dense' : 'roomy');
    marks();
  } else if (target?.closest('[data-toggle-context]')) {
    toggleContext();
  } else if (copy) {
    await navigator.clipboard.writeText(copy.getAttribute('data-copy') ?? '');
    announce('Copied');
  } else if (target?.closest('[data-sign-out]')) {
    const answer = await call('POST', '/auth/logout', {});
    if (answer.ok || answer.status === 401) {
      for (const key of store.keys('omni.draft.')) store.set(key, null); // the server has them; the next person at this machine must not
      location.assign('/signin');
    } else {
      announce(answer.error?.message ?? 'Signing out failed.');
    }
  }
});
