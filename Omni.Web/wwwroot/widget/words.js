// English; the other languages are modules of their own below lang/.
export const english = {
  open: 'Open chat', close: 'Close chat', chat: 'Chat with {name}', more: 'More', unread: '{n} unread', dismiss: 'Dismiss',
  write: 'Write a message', send: 'Send', attach: 'Attach a file', emoji: 'Emoji', drop: 'Drop the file to attach it', messages: 'Messages',
  minutes: 'Usually answers in a few minutes', hours: 'Usually answers within a few hours', day: 'Usually answers within a day',
  away: 'We are away right now', back: 'Back {at}', start: 'Start chat', leave: 'Leave message', message: 'Message', help: 'How can we help?',
  email: 'E-mail', choose: 'Please choose', fill: 'Please fill this in', badEmail: 'Please finish the address, for example name@example.com',
  badPhone: 'Please enter a number with country code, for example +47 22 33 44 55', optional: 'optional',
  waiting: 'Sending', held: 'Not sent yet. It is kept and sent as soon as possible.', received: 'Sent', sent: 'Sent', delivered: 'Delivered', read: 'Read',
  failed: 'Not sent.', retry: 'Try again', remove: 'Remove', down: 'Reconnecting. What you write is kept.', earlier: 'Earlier messages',
  typing: '{name} is writing', team: 'The team', transcript: 'E-mail me this chat', mailed: 'The chat is on its way to {email}.', cancel: 'Back',
  mute: 'Turn sound off', unmute: 'Turn sound on', big: '{name} is too big. Files may have up to {size}.', kind: '{name}: files of this kind cannot be sent.',
  lost: '{name} could not be attached.', signIn: 'Please sign in on this page to chat with us.', trouble: 'That did not work. Please try again.',
  thanks: 'Thank you. Our answer reaches you by e-mail and here.', answers: 'Answers also reach {email}', runs: 'Runs on Omni', file: 'File', newest: 'Newest messages',
};

const Languages = ['de', 'es', 'fr', 'pt', 'ar'];

/** The first language that the widget speaks. @param {(string|undefined|null)[]} wanted */
export const choose = (wanted) => {
  for (const tag of wanted) {
    const code = tag?.toLowerCase().split('-')[0] ?? '';
    if (code === 'en' || Languages.includes(code)) return code;
  }
  return 'en';
};

/** @param {string} code @returns {Promise<typeof english>} */
export const words = async (code) => {
  if (code === 'en') return english;
  try {
    return { ...english, ...(await import(`./lang/${code}.js`)).default };
  } catch {
    return english; // better English than no chat
  }
};

/** Puts values into a text: {name}. @param {string} text @param {Record<string, any>} values */
export const put = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '');
