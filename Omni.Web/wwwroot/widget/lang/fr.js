export default {
  open: 'Ouvrir le chat', close: 'Fermer le chat', chat: 'Chat avec {name}', more: 'Plus', unread: '{n} non lus', dismiss: 'Masquer',
  write: 'Écrivez un message', send: 'Envoyer', attach: 'Joindre un fichier', emoji: 'Émoji', drop: 'Déposez le fichier pour le joindre', messages: 'Messages',
  minutes: 'Répond en général en quelques minutes', hours: 'Répond en général en quelques heures', day: 'Répond en général dans la journée',
  away: 'Nous sommes absents pour le moment', back: 'De retour : {at}', start: 'Démarrer le chat', leave: 'Laisser un message', message: 'Message', help: 'Comment pouvons-nous vous aider ?',
  email: 'E-mail', choose: 'Veuillez choisir', fill: 'Veuillez remplir ce champ', badEmail: 'Veuillez compléter l’adresse, par exemple nom@example.com',
  badPhone: 'Veuillez indiquer le numéro avec l’indicatif, par exemple +33 1 23 45 67 89', optional: 'facultatif',
  waiting: 'Envoi', held: 'Pas encore envoyé. Le message est conservé et partira dès que possible.', received: 'Envoyé', sent: 'Envoyé', delivered: 'Remis', read: 'Lu',
  failed: 'Non envoyé.', retry: 'Réessayer', remove: 'Retirer', down: 'Reconnexion. Ce que vous écrivez est conservé.', earlier: 'Messages précédents',
  typing: '{name} écrit', team: 'L’équipe', transcript: 'M’envoyer ce chat par e-mail', mailed: 'Le chat est en route vers {email}.', cancel: 'Retour',
  mute: 'Couper le son', unmute: 'Activer le son', big: '{name} est trop volumineux. La limite est de {size}.', kind: '{name} : ce type de fichier ne peut pas être envoyé.',
  lost: '{name} n’a pas pu être joint.', signIn: 'Connectez-vous sur cette page pour discuter avec nous.', trouble: 'Cela n’a pas fonctionné. Veuillez réessayer.',
  thanks: 'Merci. Notre réponse vous parviendra par e-mail et ici.', answers: 'Les réponses arrivent aussi à {email}', runs: 'Fonctionne avec Omni', file: 'Fichier', newest: 'Derniers messages',
};
