export default {
  open: 'Abrir o chat', close: 'Fechar o chat', chat: 'Chat com {name}', more: 'Mais', unread: '{n} não lidas', dismiss: 'Ocultar',
  write: 'Escreva uma mensagem', send: 'Enviar', attach: 'Anexar um ficheiro', emoji: 'Emoji', drop: 'Largue o ficheiro para o anexar', messages: 'Mensagens',
  minutes: 'Costuma responder em poucos minutos', hours: 'Costuma responder em poucas horas', day: 'Costuma responder num dia',
  away: 'De momento não estamos', back: 'De volta: {at}', start: 'Iniciar o chat', leave: 'Deixar mensagem', message: 'Mensagem', help: 'Como podemos ajudar?',
  email: 'E-mail', choose: 'Escolha uma opção', fill: 'Preencha este campo', badEmail: 'Complete o endereço, por exemplo nome@example.com',
  badPhone: 'Indique o número com indicativo, por exemplo +351 21 123 45 67', optional: 'opcional',
  waiting: 'A enviar', held: 'Ainda não enviada. A mensagem fica guardada e segue assim que possível.', received: 'Enviada', sent: 'Enviada', delivered: 'Entregue', read: 'Lida',
  failed: 'Não enviada.', retry: 'Tentar de novo', remove: 'Remover', down: 'A restabelecer a ligação. O que escreve fica guardado.', earlier: 'Mensagens anteriores',
  typing: '{name} está a escrever', team: 'A equipa', transcript: 'Enviar-me este chat por e-mail', mailed: 'O chat vai a caminho de {email}.', cancel: 'Voltar',
  mute: 'Desligar o som', unmute: 'Ligar o som', big: '{name} é demasiado grande. O limite é {size}.', kind: '{name}: não é possível enviar ficheiros deste tipo.',
  lost: 'Não foi possível anexar {name}.', signIn: 'Inicie sessão nesta página para conversar connosco.', trouble: 'Não resultou. Tente de novo.',
  thanks: 'Obrigado. A nossa resposta chega por e-mail e aqui.', answers: 'As respostas chegam também a {email}', runs: 'Funciona com Omni', file: 'Ficheiro', newest: 'Mensagens mais recentes',
};
