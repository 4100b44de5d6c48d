// The looks of the open chat.
export const panelLooks = `
a { color: inherit; overflow-wrap: anywhere }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.panel { position: fixed; inset: auto 24px 96px auto; flex-direction: column; width: 384px; height: min(640px, calc(100vh - 120px)); max-width: none; max-height: none; margin: 0; padding: 0; overflow: hidden;
  border: 1px solid var(--line); border-radius: 16px; background: var(--surface); color: inherit; box-shadow: var(--shadow); animation: rise .16s cubic-bezier(.2, .7, .2, 1) }
.panel[open] { display: flex }
.panel::backdrop { background: none }
@keyframes rise { from { opacity: 0; transform: translateY(8px) } }
.left .panel { inset-inline: auto; left: 24px }
.head { display: flex; align-items: center; gap: 12px; padding: 14px 10px; padding-inline-start: 16px; background: var(--brand); color: var(--on) }
.head > div { flex: 1; min-width: 0 }
.head h2 { font-size: 1.143em; font-weight: 600; line-height: 1.25; overflow-wrap: anywhere }
.head p { margin-top: 3px; font-size: .857em }
.head .icon { color: inherit }
.head .icon + .icon { margin-inline-start: -8px }
.head :focus-visible { outline-color: currentColor; outline-offset: -2px }
.faces { display: flex }
.faces .face { box-shadow: 0 0 0 2px var(--brand) }
.faces .face + .face { margin-inline-start: -8px }
.menu { position: absolute; z-index: 2; top: 56px; inset-inline-end: 12px; display: grid; min-width: 200px; padding: 6px; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); box-shadow: var(--shadow) }
.menu button { min-height: 36px; padding: 4px 10px; border-radius: 6px; text-align: start }
.menu button:hover, .emoji button:hover { background: var(--soft) }
.strip { padding: 7px 16px; border-bottom: 1px solid var(--line); background: var(--soft); color: var(--ink-2); font-size: .857em }
.log { position: relative; flex: 1; min-height: 0; overflow: auto; overscroll-behavior: contain; display: flex; flex-direction: column; padding: 12px 16px; background: var(--bg) }
.log > :first-child { margin-top: auto }
.log:focus-visible { outline-offset: -3px }
.older { align-self: center; margin-bottom: 8px; padding: 4px 12px; border-radius: 99px; color: var(--ink-2); font-size: .857em; text-decoration: underline }
.i-more { stroke-width: 2.4 }
.date::first-letter { text-transform: uppercase }
.date { align-self: center; margin: 12px 0 4px; color: var(--ink-3); font-size: .857em }
.msg { display: grid; justify-items: start; max-width: 84%; margin-top: 8px }
.msg.next { margin-top: 2px }
.msg.own { align-self: flex-end; justify-items: end }
.from { display: flex; align-items: center; gap: 6px; margin: 4px 0; color: var(--ink-3); font-size: .857em }
.from .face { width: 18px; height: 18px; font-size: .6em }
.bubble { max-width: 100%; padding: 8px 12px; border: 1px solid var(--line); border-radius: 14px; border-end-start-radius: 4px; background: var(--surface); white-space: pre-wrap; overflow-wrap: anywhere }
.own .bubble { border-color: transparent; border-radius: 14px; border-end-end-radius: 4px; background: var(--brand); color: var(--on) }
.own .bubble :focus-visible { outline-color: currentColor }
.bad .bubble { box-shadow: 0 0 0 2px var(--surface), 0 0 0 4px var(--bad) }
.photo { display: block; max-width: 100%; padding: 0; overflow: hidden }
.photo img { display: block; max-width: 240px; max-height: 240px; width: auto; height: auto; min-height: 40px }
.doc { display: flex; gap: 8px; align-items: center; text-decoration: none }
.doc u { overflow-wrap: anywhere } .doc small { display: block; font-size: .857em }
.doc .i { flex: none }
.bubble + .bubble { margin-top: 2px }
.meta { margin-top: 3px; padding: 0 4px; color: var(--ink-3); font-size: .8em }
.bad .meta { color: var(--bad) }
.meta button { margin-inline-start: 8px; text-decoration: underline; font-weight: 600; min-height: 24px }
.dots { display: flex; gap: 4px; padding: 12px }
.dots i { width: 6px; height: 6px; border-radius: 50%; background: var(--ink-3); animation: blink 1.2s infinite } .dots i:nth-child(2) { animation-delay: .2s } .dots i:nth-child(3) { animation-delay: .4s }
@keyframes blink { 50% { opacity: .25 } }
.latest { position: absolute; z-index: 1; bottom: 100%; margin-bottom: 8px; left: 50%; transform: translateX(-50%); padding: 5px 12px; border: 1px solid var(--line); border-radius: 99px; background: var(--surface); box-shadow: var(--shadow); font-size: .857em; white-space: nowrap }
.write { position: relative; border-top: 1px solid var(--line) }
.write.over::after { content: attr(data-drop); position: absolute; inset: 0; display: grid; place-items: center; background: var(--surface); outline: 2px dashed var(--edge); outline-offset: -4px }
.line { display: flex; align-items: flex-end; gap: 2px; padding: 8px; padding-inline-start: 16px }
.line textarea { flex: 1; min-width: 0; max-height: 120px; padding: 8px 0; border: 0; outline: 0; resize: none; background: none; line-height: 20px }
.line:has(textarea:focus-visible) { box-shadow: inset 0 2px 0 var(--ink-2) }
::placeholder { color: var(--ink-3); opacity: 1 }
.line .icon { height: 36px }
.line .send { width: 36px; margin-inline-start: 4px; border-radius: 50%; background: var(--brand); color: var(--on) }
.line .send:hover { background: color-mix(in srgb, var(--brand) 86%, var(--ink)) }
[dir=rtl] .i-send { transform: scaleX(-1) }
.chips { display: grid; gap: 4px; padding: 8px 12px 0; font-size: .857em }
.chip { position: relative; display: flex; align-items: center; gap: 8px; padding-inline: 10px 2px; border-radius: 8px; background: var(--soft); overflow: hidden }
.chip span { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.chip progress { width: 72px; height: 6px; accent-color: var(--brand) }
.chip.bad span { color: var(--bad); white-space: normal; padding: 4px 0 }
.emoji { display: grid; grid-template-columns: repeat(8, 1fr); padding: 8px 12px 0 }
.emoji button { height: 36px; border-radius: 6px; font-size: 1.4em; line-height: 1 }
.foot { padding: 2px 16px 8px; text-align: center; color: var(--ink-3); font-size: .8em; background: var(--surface) }
.form { flex: 1; overflow: auto; display: grid; gap: 14px; align-content: start; padding: 18px 20px 12px }
.form > p { color: var(--ink-2) }
.field { display: grid; gap: 6px }
.field > label { font-weight: 500 } .field small { color: var(--ink-3); font-weight: 400 }
.field :is(input, select, textarea) { width: 100%; min-height: 38px; padding: 8px 12px; border: 1px solid var(--edge); border-radius: 8px; background: var(--surface) }
.field textarea { min-height: 84px; resize: vertical }
.field [aria-invalid] { border-color: var(--bad) }
.error { display: flex; gap: 6px; color: var(--bad); font-size: .93em }
.error .i { width: 16px; height: 16px; flex: none; margin-top: 2px }
.go { min-height: 40px; border-radius: 8px; background: var(--brand); color: var(--on); font-weight: 500 }
.go[disabled] { opacity: .6 }
.alt { min-height: 36px; text-decoration: underline }
@media (max-width: 767px) {
  .w:has(.panel[open]) .launcher { display: none }
  .w .panel { inset: 0; left: 0; width: 100%; height: 100%; border: 0; border-radius: 0 }
  .head .icon, .line .icon { width: 44px; height: 44px } .line .send { width: 44px }
  .line textarea { padding: 12px 0; font-size: 16px } .field :is(input, select, textarea) { font-size: 16px; min-height: 44px } .emoji button, .go, .menu button { height: 44px }
}
@media (pointer: coarse) { .chip .icon { width: 44px; height: 44px } .meta button, .older { min-height: 44px } }
@media (prefers-reduced-motion: reduce) { .panel, .dots i { animation: none } }
@media (forced-colors: active) { .bubble, .go, .line .send, .head { border: 1px solid ButtonText } .own .bubble { border-width: 2px } .bad .bubble { border: 2px dashed } }
`;
