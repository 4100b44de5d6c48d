// The forms: before the talk, while the team is away, and for the transcript.
import { h, icon } from './dom.js';
import { put } from './words.js';

const Types = { email: 'email', phone: 'tel' };
const Fills = { email: 'email', phone: 'tel', name: 'name' };

let count = 0;

/**
 * A form that checks itself in words.
 * @param {any} t words
 * @param {{intro?: string, fields: any[], submit: string, more?: any[], onSubmit: (values: Record<string, string>) => Promise<void>|void}} options
 */
export function form(t, { intro, fields, submit, more = [], onSubmit }) {
  const inputs = fields.map((f) => field(t, f));
  const failure = h('p.error', { role: 'alert', hidden: true });
  const go = h('button.go', { type: 'submit' }, submit);
  const send = async (e) => {
    e.preventDefault();
    const wrong = inputs.filter((i) => !i.check());
    if (wrong[0]) return wrong[0].input.focus();
    go.setAttribute('disabled', '');
    failure.hidden = true;
    try {
      await onSubmit(Object.fromEntries(inputs.map((i) => [i.key, i.input.value.trim()]).filter(([, v]) => v)));
    } catch (x) {
      failure.textContent = x.message || t.trouble;
      failure.hidden = false;
    }
    go.removeAttribute('disabled');
  };
  return h('form.form', { novalidate: true, onsubmit: send }, intro ? h('p', { dir: 'auto' }, intro) : null, ...inputs.map((i) => i.box), failure, go, ...more);
}

function field(t, { key, label, type, required, options, value, placeholder, maxlength = 500 }) {
  const id = `f${count++}`;
  const shared = { id, name: key, 'aria-required': required && 'true', oninput: () => show(''), autocomplete: Fills[key] ?? Fills[type], maxlength: type === 'select' ? null : maxlength, placeholder };
  const input = /** @type {HTMLInputElement} */ (type === 'select' ? h('select', shared, h('option', { value: '' }, t.choose), ...options.map((o) => h('option', { value: o }, o)))
    : type === 'long' ? h('textarea', { ...shared, dir: 'auto' }) : h('input', { ...shared, type: Types[type] ?? 'text', dir: 'auto' }));
  input.value = value ?? '';
  const error = h('p.error', { id: `${id}e`, hidden: true });
  const show = (words) => {
    error.replaceChildren(...(words ? [icon('error'), words] : []));
    error.hidden = !words;
    if (words) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
    if (words) input.setAttribute('aria-describedby', error.id);
    else input.removeAttribute('aria-describedby');
    return !words;
  };
  const check = () => {
    const text = input.value.trim();
    return show(!text ? (required ? t.fill : '')
      : type === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/.test(text) ? t.badEmail
      : type === 'phone' && !/^\+?[\d\s()./-]{6,}$/.test(text) ? t.badPhone : '');
  };
  return { key, input, check, box: h('div.field', {}, h('label', { for: id, dir: 'auto' }, label, required ? null : h('small', {}, ` ${t.optional}`)), input, error) };
}

/** The fields that the owner asks for, and the message. */
export const before = (t, config, talk, done) => form(t, {
  intro: config.greeting?.text,
  fields: [
    ...config.preChat.fields.map((f) => ({ ...f, value: talk.visitor?.[f.key] })),
    { key: ' text', label: t.message, type: 'long', required: true, maxlength: config.maxText },
  ],
  submit: t.start,
  onSubmit: ({ ' text': text, ...fields }) => done({ text, fields }),
});

/** A message for later. */
export const later = (t, config, talk, done) => form(t, {
  intro: config.offline.text,
  fields: [
    ...(config.preChat?.enabled ? config.preChat.fields.filter((f) => f.key !== 'email') : []),
    { key: 'email', label: t.email, type: 'email', required: true, value: talk.visitor?.email ?? talk.who.email },
    { key: ' text', label: t.message, type: 'long', required: true, placeholder: t.help, maxlength: config.maxText },
  ],
  submit: t.leave,
  onSubmit: ({ ' text': text, ...fields }) => done({ text, fields, offline: true }),
});

/** Where to mail the talk. */
export const mail = (t, talk, back) => form(t, {
  fields: [{ key: 'email', label: t.email, type: 'email', required: true, value: talk.visitor?.email ?? talk.who.email }],
  submit: t.transcript,
  more: [h('button.alt', { type: 'button', onclick: () => back() }, t.cancel)],
  onSubmit: async ({ email }) => {
    await talk.api.call('/transcript', { email });
    back(put(t.mailed, { email }));
  },
});
