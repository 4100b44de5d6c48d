// Files on their way into a message: checked against what the platform takes, shrunk when a photo is too large, uploaded with progress.
import { upload } from './api.js';
import { h, icon } from './dom.js';

/** @typedef {{name: string, type: string, id: string|null, error: string, share: number, url: string, abort: AbortController, element: HTMLElement}} Upload */

/** @param {string} mime */
const kindOf = (mime) => (/^(image|video|audio)\//.exec(mime)?.[1] ?? 'file');

/**
 * @param {File} file
 * @param {Record<string, {max: number, types: string[]}>} accept by type
 * @param {() => void} changed
 * @param {(u: Upload) => void} removed
 * @returns {Upload}
 */
export function begin(file, accept, changed, removed) {
  const type = accept[kindOf(file.type)] ? kindOf(file.type) : 'file';
  const url = kindOf(file.type) === 'image' ? URL.createObjectURL(file) : '';
  const name = file.name || `pasted.${file.type.split('/')[1] ?? 'bin'}`;
  /** @type {Upload} */
  const item = { name, type, id: null, error: '', share: 0, url, abort: new AbortController(), element: h('div', { class: 'upload' }) };
  const draw = () => {
    item.element.classList.toggle('upload--bad', item.error !== '');
    item.element.replaceChildren(
      url ? h('img', { src: url, alt: '' }) : icon('clip', 's'),
      h('span', { title: item.error || name }, item.error || name),
      ...(item.id || item.error ? [] : [h('progress', { max: '1', value: String(item.share), 'aria-label': `Uploading ${name}` })]),
      h('button', { class: 'btn btn--quiet btn--icon btn--small', type: 'button', 'aria-label': `Remove ${name}`, onclick: () => { item.abort.abort(); if (url) URL.revokeObjectURL(url); removed(item); } }, icon('x', 's')));
    changed();
  };
  run();
  return item;

  async function run() {
    draw();
    const rule = accept[type];
    let body = /** @type {Blob} */ (file);
    if (kindOf(file.type) === 'image' && file.size > 1500000) body = await shrink(file);
    if (!rule) item.error = `${name}: this channel takes no such files`;
    else if (body.size > rule.max) item.error = `${name} has ${mb(body.size)} MB; at most ${mb(rule.max)} MB`;
    if (item.error) return draw();
    const answer = await upload(body, name, (share) => { item.share = share; draw(); }, item.abort.signal);
    if (item.abort.signal.aborted) return undefined;
    if (answer.ok) item.id = answer.data?.id ?? null;
    if (!item.id) item.error = `${name}: ${answer.error?.message ?? 'the upload failed'}`;
    return draw();
  }
}

const mb = (bytes) => (bytes / 1048576).toFixed(1);

/** A photo with at most 2000 px on its longer side; the original when the browser cannot read it. @param {File} file @returns {Promise<Blob>} */
async function shrink(file) {
  try {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, 2000 / Math.max(image.width, image.height));
    const canvas = new OffscreenCanvas(Math.round(image.width * scale), Math.round(image.height * scale));
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const smaller = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
    return smaller.size < file.size ? smaller : file;
  } catch {
    return file;
  }
}
