// Shows pushes, opens what they are about, and says so when there is no line. Keeps three public files and nothing of the program:
// every page and script comes from the server, so an update reaches everybody with the next load.
const SHELF = 'omni-offline-1';
const OFFLINE = ['/offline.html', '/offline.css', '/offline.js'];

self.addEventListener('install', (e) => {
  e.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(OFFLINE.map((url) => new Request(url, { cache: 'reload' })))).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (e) => {
  e.waitUntil(caches.keys().then((names) => Promise.all(names.filter((n) => n !== SHELF).map((n) => caches.delete(n)))).then(() => self.clients.claim()));
});

self.addEventListener('fetch', (e) => {
  const path = new URL(e.request.url).pathname;
  if (e.request.mode === 'navigate') e.respondWith(fetch(e.request).catch(() => caches.match('/offline.html')));
  else if (OFFLINE.includes(path)) e.respondWith(fetch(e.request).catch(() => caches.match(path)));
});

const windows = () => self.clients.matchAll({ type: 'window', includeUncontrolled: true });

/** Asks a window and waits a short while for its answer. @param {WindowClient} window @param {object} question @param {number} within Milliseconds. */
const ask = (window, question, within) => new Promise((done) => {
  const line = new MessageChannel();
  line.port1.onmessage = (e) => done(e.data);
  setTimeout(() => done(null), within);
  window.postMessage(question, [line.port2]);
});

/** The path a window shows now. Browsers tell late, or never, where a page went without loading, so the page itself is asked. @param {WindowClient} window */
const place = async (window) => (await ask(window, { type: 'place' }, 500)) ?? new URL(window.url).pathname;

self.addEventListener('push', (e) => {
  /** @type {{id: string, title: string, body: string, url: string, tag: string, conversation: string|null, at: number, unread: number}} */
  let said;
  try { said = e.data.json(); } catch { said = { id: '', title: 'Omni', body: 'Something happened.', url: '/inbox', tag: 'omni', conversation: null, at: Date.now(), unread: 0 }; }
  e.waitUntil((async () => {
    if (said.unread > 0) await self.navigator.setAppBadge?.(said.unread).catch(() => {});
    // Whoever looks at this very conversation sees it already; browsers allow silence while a window of ours is visible.
    const shown = said.conversation ? await Promise.all((await windows()).filter((w) => w.visibilityState === 'visible').map(place)) : [];
    if (shown.some((path) => path.endsWith(`/${said.conversation}`))) return;
    await self.registration.showNotification(said.title, {
      body: said.body, tag: said.tag, renotify: true, timestamp: said.at, icon: '/icons/icon-192.png', badge: '/icons/badge-96.png', data: { url: said.url },
    });
  })());
});

/** Brings what a notification is about to the front. @param {string} url */
async function lead(url) {
  const all = await windows();
  const path = new URL(url, self.location.origin).pathname;
  const places = await Promise.all(all.map(place));
  const window = all[places.indexOf(path)] ?? all.find((w) => w.focused) ?? all[0];
  if (!window) return self.clients.openWindow(url);
  await window.focus().catch(() => { /* some systems let no window come to the front; it goes to the place all the same */ });
  // The running page goes there itself, without losing what is typed; one that does not answer is loaded there.
  const went = await ask(window, { type: 'open', url }, 1500);
  return went ? undefined : window.navigate(url).catch(() => self.clients.openWindow(url));
}

self.addEventListener('notificationclick', (e) => {
  e.notification.close();
  e.waitUntil(lead(e.notification.data?.url ?? '/inbox'));
});

// The browser renewed the subscription by itself; with the sign-in's cookie the server is told.
self.addEventListener('pushsubscriptionchange', (e) => {
  e.waitUntil((async () => {
    const answer = await (await fetch('/api/v1/push-subscriptions/key', { credentials: 'same-origin' })).json();
    const key = Uint8Array.from(atob(answer.data.publicKey.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    const subscription = await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    const token = (await (await fetch('/api/v1/auth/antiforgery', { credentials: 'same-origin' })).json()).data.token;
    await fetch('/api/v1/push-subscriptions', {
      method: 'PUT', credentials: 'same-origin', headers: { 'Content-Type': 'application/json', 'X-CSRF-TOKEN': token }, body: JSON.stringify(subscription),
    });
  })());
});
