export default {
  open: 'Chat öffnen', close: 'Chat schließen', chat: 'Chat mit {name}', more: 'Mehr', unread: '{n} ungelesen', dismiss: 'Ausblenden',
  write: 'Nachricht schreiben', send: 'Senden', attach: 'Datei anhängen', emoji: 'Emoji', drop: 'Datei hier ablegen', messages: 'Nachrichten',
  minutes: 'Antwortet meist in wenigen Minuten', hours: 'Antwortet meist in wenigen Stunden', day: 'Antwortet meist innerhalb eines Tages',
  away: 'Wir sind gerade nicht da', back: 'Wieder da: {at}', start: 'Chat beginnen', leave: 'Nachricht hinterlassen', message: 'Nachricht', help: 'Wie können wir helfen?',
  email: 'E-Mail', choose: 'Bitte wählen', fill: 'Bitte ausfüllen', badEmail: 'Bitte die ganze Adresse eingeben, zum Beispiel name@example.com',
  badPhone: 'Bitte mit Landesvorwahl eingeben, zum Beispiel +49 30 901820', optional: 'freiwillig',
  waiting: 'Wird gesendet', held: 'Noch nicht gesendet. Die Nachricht bleibt erhalten und geht so bald wie möglich hinaus.', received: 'Gesendet', sent: 'Gesendet', delivered: 'Zugestellt', read: 'Gelesen',
  failed: 'Nicht gesendet.', retry: 'Noch einmal', remove: 'Entfernen', down: 'Verbindung wird wiederhergestellt. Ihr Text bleibt erhalten.', earlier: 'Frühere Nachrichten',
  typing: '{name} schreibt', team: 'Das Team', transcript: 'Chat per E-Mail senden', mailed: 'Der Chat ist unterwegs an {email}.', cancel: 'Zurück',
  mute: 'Ton ausschalten', unmute: 'Ton einschalten', big: '{name} ist zu groß. Dateien dürfen bis zu {size} haben.', kind: '{name}: Dateien dieser Art können nicht gesendet werden.',
  lost: '{name} konnte nicht angehängt werden.', signIn: 'Bitte melden Sie sich auf dieser Seite an, um mit uns zu chatten.', trouble: 'Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.',
  thanks: 'Danke. Unsere Antwort erreicht Sie per E-Mail und hier.', answers: 'Antworten gehen auch an {email}', runs: 'Läuft mit Omni', file: 'Datei', newest: 'Neueste Nachrichten',
};
