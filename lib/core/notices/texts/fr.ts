import type { NoticeTexts } from '../subject-notice.ts';

const COMPLAINT =
  'Si vous n’êtes pas d’accord, vous pouvez saisir une autorité de protection des données ou un tribunal.';

export const fr: NoticeTexts = {
  types: {
    access: 'd’obtenir une copie de vos données',
    portability: 'de récupérer vos données',
    rectification: 'de corriger vos données',
    erasure: 'd’effacer vos données',
    restriction: 'de limiter l’utilisation de vos données',
    objection: 'de ne plus utiliser vos données',
  },
  reasons: {
    complexity: 'La demande est complexe.',
    'number-of-requests': 'Nous avons reçu de nombreuses demandes.',
    'identity-locked': 'La confirmation a échoué trop de fois.',
    'identity-not-confirmed': 'Elle n’a pas été confirmée à temps.',
    'no-match': 'Nous n’avons trouvé personne avec les indications données.',
  },
  notices: {
    'verify-identity': ({ organisation }, what) => ({
      subject: 'Veuillez confirmer votre demande',
      paragraphs: [
        `Quelqu’un, vous sans doute, a demandé à ${organisation} ${what}.`,
        'Veuillez confirmer avec le lien ci-dessous que c’était bien vous. D’ici là, nous ne faisons rien.',
        'Si ce n’était pas vous, vous n’avez rien à faire.',
      ],
      action: 'Confirmer ma demande',
    }),
    received: ({ organisation, due }, what) => ({
      subject: 'Nous avons reçu votre demande',
      paragraphs: [
        `${organisation} a reçu votre demande ${what}.`,
        ...(due === undefined ? [] : [`Vous aurez une réponse avant la fin du ${due}.`]),
      ],
    }),
    verified: ({ due }, what) => ({
      subject: 'Votre demande est confirmée',
      paragraphs: [
        `Merci d’avoir confirmé votre demande ${what}.`,
        ...(due === undefined ? [] : [`Vous aurez une réponse avant la fin du ${due}.`]),
      ],
    }),
    begun: (_, what) => ({
      subject: 'Nous traitons votre demande',
      paragraphs: [`Le traitement de votre demande ${what} a commencé.`],
    }),
    delayed: ({ due, reason }, what) => ({
      subject: 'Votre demande prend plus de temps',
      paragraphs: [
        `Il nous faut plus de temps pour votre demande ${what}.`,
        ...(reason === undefined ? [] : [reason]),
        ...(due === undefined ? [] : [`Vous aurez une réponse avant la fin du ${due}.`]),
        COMPLAINT,
      ],
    }),
    completed: ({ packageUntil }, what) => ({
      subject: 'Votre demande est traitée',
      paragraphs: [
        `Votre demande ${what} est traitée.`,
        ...(packageUntil === undefined
          ? []
          : [
              `Vous pouvez télécharger vos données jusqu’au ${packageUntil} avec le lien ci-dessous.`,
            ]),
      ],
    }),
    'completed-with-exemptions': ({ packageUntil }, what) => ({
      subject: 'Votre demande est traitée, avec des exceptions',
      paragraphs: [
        `Votre demande ${what} est traitée, sauf pour les données que la loi nous oblige à garder.`,
        ...(packageUntil === undefined
          ? []
          : [
              `Vous pouvez télécharger vos données jusqu’au ${packageUntil} avec le lien ci-dessous.`,
            ]),
        COMPLAINT,
      ],
    }),
    failed: ({ organisation }, what) => ({
      subject: 'Nous n’avons pas pu traiter votre demande',
      paragraphs: [
        `Nous regrettons : votre demande ${what} n’a pas pu être traitée.`,
        `Veuillez écrire à ${organisation} avec la référence ci-dessous.`,
        COMPLAINT,
      ],
    }),
    refused: ({ reason }, what) => ({
      subject: 'Nous ne pouvons pas donner suite à votre demande',
      paragraphs: [
        `Nous ne pouvons pas donner suite à votre demande ${what}.`,
        ...(reason === undefined ? [] : [reason]),
        COMPLAINT,
      ],
    }),
    duplicate: (_, what) => ({
      subject: 'Nous traitons déjà votre demande',
      paragraphs: [
        `Nous avons déjà une demande ouverte de votre part ${what}. Nous continuons avec celle-là ; vous n’avez rien à faire.`,
      ],
    }),
    expired: (_, what) => ({
      subject: 'Votre demande est caduque',
      paragraphs: [
        `Votre demande ${what} n’a pas été confirmée à temps. Rien n’a été fait. Vous pouvez la refaire à tout moment.`,
      ],
    }),
    cancelled: (_, what) => ({
      subject: 'Votre demande est retirée',
      paragraphs: [`Votre demande ${what} a été retirée. Rien n’a été changé.`],
    }),
    'cancelled-partial': (_, what) => ({
      subject: 'Votre demande est retirée',
      paragraphs: [
        `Votre demande ${what} a été retirée alors que le traitement avait commencé. Ce qui a été fait jusque-là demeure.`,
      ],
    }),
  },
  packageAction: 'Télécharger mes données',
  statusAction: 'Voir où en est ma demande',
  reference: 'Référence',
};
