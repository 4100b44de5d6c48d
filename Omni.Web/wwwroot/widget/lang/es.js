export default {
  open: 'Abrir el chat', close: 'Cerrar el chat', chat: 'Chat con {name}', more: 'Más', unread: '{n} sin leer', dismiss: 'Ocultar',
  write: 'Escribe un mensaje', send: 'Enviar', attach: 'Adjuntar un archivo', emoji: 'Emoji', drop: 'Suelta el archivo para adjuntarlo', messages: 'Mensajes',
  minutes: 'Suele responder en unos minutos', hours: 'Suele responder en unas horas', day: 'Suele responder en un día',
  away: 'Ahora no estamos', back: 'Volvemos: {at}', start: 'Empezar el chat', leave: 'Dejar un mensaje', message: 'Mensaje', help: '¿En qué podemos ayudarte?',
  email: 'Correo electrónico', choose: 'Elige una opción', fill: 'Rellena este campo', badEmail: 'Completa la dirección, por ejemplo nombre@example.com',
  badPhone: 'Escribe el número con prefijo, por ejemplo +34 910 12 34 56', optional: 'opcional',
  waiting: 'Enviando', held: 'Aún no enviado. Lo guardamos y se enviará en cuanto sea posible.', received: 'Enviado', sent: 'Enviado', delivered: 'Entregado', read: 'Leído',
  failed: 'No enviado.', retry: 'Reintentar', remove: 'Quitar', down: 'Reconectando. Lo que escribes queda guardado.', earlier: 'Mensajes anteriores',
  typing: '{name} está escribiendo', team: 'El equipo', transcript: 'Enviarme este chat por correo', mailed: 'El chat va en camino a {email}.', cancel: 'Volver',
  mute: 'Desactivar el sonido', unmute: 'Activar el sonido', big: '{name} es demasiado grande. El máximo es {size}.', kind: '{name}: no se pueden enviar archivos de este tipo.',
  lost: 'No se pudo adjuntar {name}.', signIn: 'Inicia sesión en esta página para chatear con nosotros.', trouble: 'No ha funcionado. Inténtalo de nuevo.',
  thanks: 'Gracias. Nuestra respuesta te llegará por correo y aquí.', answers: 'Las respuestas llegan también a {email}', runs: 'Funciona con Omni', file: 'Archivo', newest: 'Mensajes más recientes',
};
