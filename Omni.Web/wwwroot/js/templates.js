// When the platform's window is closed only approved templates may be sent: the editor becomes their picker.
import { call } from './api.js';
import { h } from './dom.js';

/** @typedef {{name: string, language: string, category: string, body: string, parameters: number}} Template */

/** @type {Map<string, Promise<{templates: Template[], error: string}>>} */
const known = new Map();

/** @param {string} channelId */
function load(channelId) {
  if (!known.has(channelId)) {
    known.set(channelId, call('GET', `/channels/${channelId}/templates`).then((answer) => {
      if (!answer.ok) known.delete(channelId);
      return { templates: (answer.data ?? []).filter((t) => (t.status ?? 'approved') === 'approved').map(shape), error: answer.error?.message ?? '' };
    }));
  }
  return /** @type {Promise<{templates: Template[], error: string}>} */ (known.get(channelId));
}

/** @param {any} raw @returns {Template} */
function shape(raw) {
  const body = raw.body ?? '';
  const slots = new Set([...body.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((m) => m[1]));
  return { name: raw.name, language: raw.language, category: raw.category ?? '', body, parameters: slots.size };
}

/**
 * The picker.
 * @param {string} channelId
 * @param {() => void} changed the choice or a value changed
 * @returns {{element: HTMLElement, value: () => {name: string, language: string, parameters: Record<string, string[]>}|null}}
 */
export function templatePicker(channelId, changed) {
  const element = h('div', { class: 'tpl', role: 'radiogroup', 'aria-label': 'Approved templates' }, h('p', { class: 'hint' }, 'Loading templates'));
  /** @type {Template|null} */
  let chosen = null;
  load(channelId).then(({ templates, error }) => {
    if (error) {
      element.replaceChildren(h('p', { class: 'hint hint--bad' }, error), h('button', { class: 'btn btn--small', type: 'button', onclick: () => element.replaceWith(templatePicker(channelId, changed).element) }, 'Retry'));
    } else if (templates.length === 0) {
      element.replaceChildren(h('p', { class: 'hint' }, 'There is no approved template yet. Make one in the platform’s business manager.'));
    } else {
      element.replaceChildren(...templates.map(card));
    }
  });
  return {
    element,
    value() {
      if (!chosen) return null;
      const inputs = [...element.querySelectorAll('label:has(:checked) .slots input')].map((i) => /** @type {HTMLInputElement} */ (i).value.trim());
      return inputs.every((v) => v) ? { name: chosen.name, language: chosen.language, parameters: inputs.length > 0 ? { body: inputs } : {} } : null;
    },
  };

  /** @param {Template} template */
  function card(template) {
    const slots = h('span', { class: 'slots', hidden: true }, ...Array.from({ length: template.parameters }, (_, i) => h('input', {
      class: 'input', placeholder: `Value ${i + 1}`, 'aria-label': `Value ${i + 1} of ${template.name}`, oninput: changed,
    })));
    return h('label', {},
      h('input', { type: 'radio', name: 'template', onchange: () => { chosen = template; element.querySelectorAll('.slots').forEach((s) => s.toggleAttribute('hidden', s !== slots)); changed(); } }),
      h('b', {}, template.name),
      h('span', { class: 'chip' }, [template.category, template.language].filter(Boolean).join(' · ')),
      h('p', { dir: 'auto' }, template.body),
      slots);
  }
}
