// All looks, in sheets that only the widget's own shadow tree has. !important on the host alone: it wins there over whatever the page says.
export const launcherLooks = `
:host { all: initial !important; position: fixed !important; inset: auto 0 0 auto !important; width: 0 !important; height: 0 !important; margin: 0 !important;
  padding: 0 !important; border: 0 !important; overflow: visible !important; background: none !important; display: block !important; z-index: 2147483647 !important; font-size: medium !important }
* { box-sizing: border-box }
.w { --ink: #161b26; --ink-2: #454e60; --ink-3: #5c6578; --bg: #f6f7f9; --surface: #fff; --soft: #f1f3f6; --line: #e1e5eb; --edge: #7b8699; --bad: #b42336; --on-bad: #fff; --t0: #dfe6ff; --t1: #d9f0e3; --t2: #fde6cf; --t3: #f7dcea;
  --shadow: 0 2px 6px rgb(16 24 40 / .08), 0 20px 56px rgb(16 24 40 / .2); color-scheme: light;
  color: var(--ink); font: 400 .875em/1.45 Inter, "Segoe UI", system-ui, -apple-system, "Noto Sans", sans-serif; text-align: start; -webkit-font-smoothing: antialiased }
.w.dark { --ink: #e9edf4; --ink-2: #b6bfce; --ink-3: #98a3b5; --bg: #0f1218; --surface: #161a22; --soft: #1d222c; --line: #2a313d; --edge: #7c879a; --bad: #ff8a96; --on-bad: #2a0a0e; --t0: #2b3560; --t1: #1b3f2d; --t2: #4a3216; --t3: #4b2238;
  --shadow: 0 2px 6px rgb(0 0 0 / .4), 0 20px 56px rgb(0 0 0 / .6); color-scheme: dark }
button, input, select, textarea { font: inherit; color: inherit; margin: 0 }
button { cursor: pointer; background: none; border: 0; padding: 0 }
p, h2 { margin: 0 }
[hidden] { display: none !important }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px }
.i { display: block; width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round }
.icon { display: grid; place-items: center; flex: none; width: 32px; height: 32px; border-radius: 8px; color: var(--ink-2) }
.icon:hover { background: color-mix(in srgb, currentColor 14%, transparent) }
.face { display: grid; place-items: center; flex: none; width: 32px; height: 32px; border-radius: 50%; overflow: hidden; background: var(--t0); color: var(--ink); font-size: .8em; font-weight: 600 }
.t1 { background: var(--t1) } .t2 { background: var(--t2) } .t3 { background: var(--t3) }
.face img { width: 100%; height: 100%; object-fit: cover }
.launcher { position: fixed; bottom: 24px; right: 24px; display: grid; place-items: center; width: 56px; height: 56px; border-radius: 50%; background: var(--brand); color: var(--on); box-shadow: var(--shadow) }
.launcher .i { width: 26px; height: 26px; stroke-width: 1.4 }
.launcher:focus-visible { box-shadow: 0 0 0 2px var(--surface); outline-offset: 2px }
.count { position: absolute; top: -3px; right: -3px; min-width: 20px; padding: 0 5px; border-radius: 10px; background: var(--bad); color: var(--on-bad); box-shadow: 0 0 0 2px var(--surface); font-size: .8em; font-weight: 600; line-height: 20px; text-align: center }
.hello { position: fixed; bottom: 94px; right: 24px; display: flex; gap: 10px; align-items: flex-start; width: min(300px, calc(100vw - 32px)); padding: 12px 8px 12px 14px; border: 1px solid var(--line); border-radius: 14px; background: var(--surface); box-shadow: var(--shadow) }
.hello .say { flex: 1; min-width: 0; text-align: start; overflow-wrap: anywhere; font-size: .93em }
.hello b { display: block; font-weight: 600 }
.hello .say span { display: -webkit-box; -webkit-line-clamp: 4; -webkit-box-orient: vertical; overflow: hidden }
.hello .icon { width: 24px; height: 24px }
.left .launcher, .left .hello { right: auto; left: 24px }
@media (max-width: 767px) { .w .launcher { bottom: 16px } .w .hello { bottom: 84px } .w:not(.left) :is(.launcher, .hello) { right: 16px } .w.left :is(.launcher, .hello) { left: 16px } }
@media (pointer: coarse) { .hello .icon { width: 44px; height: 44px } }
@media (forced-colors: active) { .launcher, .count { border: 1px solid ButtonText } }
`;

/** @param {ShadowRoot} root @param {string} css */
export function dress(root, css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
