// A small picker: what people answer customers with, and words to find the rest by the system's own keyboard.
import { h } from './dom.js';

const ALL = '😀 😄 😊 🙂 😉 😍 🤗 🤔 😅 😂 🥲 😢 😮 😬 😴 🤝 👍 👎 👌 🙏 👏 💪 👋 ✌️ ❤️ 💙 💚 💛 🎉 🎁 ✨ ⭐ 🔥 ✅ ❌ ⚠️ ❗ ❓ 💡 📌 📎 📦 🚚 🛒 💳 🧾 📅 ⏰ 📞 ✉️ 📷 🎥 🏠 📍 ✈️ 🚗 ☀️ 🌧️ 🌱 🍀 ☕ 🍕 🎂 🐶'.split(' ');

/** @param {(emoji: string) => void} pick @returns {HTMLElement} a popover */
export function emojiPicker(pick) {
  const menu = h('div', { class: 'menu emoji', id: 'omni-emoji', popover: 'auto', role: 'dialog', 'aria-label': 'Emoji' });
  menu.append(h('div', { class: 'emoji__grid' }, ...ALL.map((e) => h('button', {
    type: 'button', 'aria-label': e, onclick: () => { menu.hidePopover(); pick(e); },
  }, e))));
  return menu;
}
