import type { Language } from '../../core/notices/language.ts';

/** What OpenDSR's four states mean to the data subject, and how the request may have ended. */
type SubjectState = 'pending' | 'in_progress' | 'completed' | 'ended';

interface PageTexts {
  confirmTitle: string;
  confirmText: string;
  confirmButton: string;
  confirmedTitle: string;
  confirmedText: string;
  statusTitle: string;
  state: string;
  states: Readonly<Record<SubjectState, string>>;
  reference: string;
  received: string;
  due: string;
  packageTitle: string;
  packageText: string;
  packageButton: string;
  refusedTitle: string;
  invalidText: string;
  expiredText: string;
  lockedText: string;
  alreadyText: string;
  busyText: string;
}

/** Typed so that a language without one of the texts does not compile. */
export const PAGE_TEXTS: Readonly<Record<Language, PageTexts>> = {
  en: {
    confirmTitle: 'Confirm your request',
    confirmText: 'Press the button to confirm that you made this request about your data.',
    confirmButton: 'Yes, I made this request',
    confirmedTitle: 'Thank you',
    confirmedText: 'Your request is confirmed. We will write to you when there is news.',
    statusTitle: 'Your request',
    state: 'Status',
    states: {
      pending: 'Received, work has not begun',
      in_progress: 'Being worked on',
      completed: 'Completed',
      ended: 'Closed',
    },
    reference: 'Reference',
    received: 'Received on',
    due: 'Answer due by',
    packageTitle: 'Your data',
    packageText: 'Press the button to download a copy of your data. Keep it in a safe place.',
    packageButton: 'Download my data',
    refusedTitle: 'This did not work',
    invalidText: 'This link is not valid. Please use the link from our latest mail.',
    expiredText: 'This link has expired.',
    lockedText: 'This link is locked after too many failed tries.',
    alreadyText: 'This request has been confirmed already, or needs no confirmation any more.',
    busyText: 'Please try again in a minute.',
  },
  de: {
    confirmTitle: 'Bestätigen Sie Ihre Anfrage',
    confirmText:
      'Bestätigen Sie mit der Schaltfläche, dass Sie diese Anfrage zu Ihren Daten gestellt haben.',
    confirmButton: 'Ja, diese Anfrage ist von mir',
    confirmedTitle: 'Vielen Dank',
    confirmedText: 'Ihre Anfrage ist bestätigt. Wir schreiben Ihnen, sobald es Neues gibt.',
    statusTitle: 'Ihre Anfrage',
    state: 'Stand',
    states: {
      pending: 'Eingegangen, noch nicht in Arbeit',
      in_progress: 'In Arbeit',
      completed: 'Abgeschlossen',
      ended: 'Geschlossen',
    },
    reference: 'Zeichen',
    received: 'Eingegangen am',
    due: 'Antwort fällig bis',
    packageTitle: 'Ihre Daten',
    packageText:
      'Mit der Schaltfläche laden Sie eine Kopie Ihrer Daten herunter. Verwahren Sie sie sicher.',
    packageButton: 'Meine Daten herunterladen',
    refusedTitle: 'Das hat nicht geklappt',
    invalidText:
      'Dieser Link ist nicht gültig. Bitte verwenden Sie den Link aus unserer letzten E-Mail.',
    expiredText: 'Dieser Link ist abgelaufen.',
    lockedText: 'Dieser Link ist nach zu vielen Fehlversuchen gesperrt.',
    alreadyText: 'Diese Anfrage ist bereits bestätigt oder braucht keine Bestätigung mehr.',
    busyText: 'Bitte versuchen Sie es in einer Minute noch einmal.',
  },
  fr: {
    confirmTitle: 'Confirmez votre demande',
    confirmText:
      'Appuyez sur le bouton pour confirmer que vous avez fait cette demande sur vos données.',
    confirmButton: 'Oui, cette demande vient de moi',
    confirmedTitle: 'Merci',
    confirmedText: 'Votre demande est confirmée. Nous vous écrirons dès qu’il y aura du nouveau.',
    statusTitle: 'Votre demande',
    state: 'État',
    states: {
      pending: 'Reçue, pas encore commencée',
      in_progress: 'En cours',
      completed: 'Terminée',
      ended: 'Close',
    },
    reference: 'Référence',
    received: 'Reçue le',
    due: 'Réponse due avant la fin du',
    packageTitle: 'Vos données',
    packageText:
      'Appuyez sur le bouton pour télécharger une copie de vos données. Gardez-la en lieu sûr.',
    packageButton: 'Télécharger mes données',
    refusedTitle: 'Cela n’a pas fonctionné',
    invalidText: 'Ce lien n’est pas valide. Utilisez le lien de notre dernier courriel.',
    expiredText: 'Ce lien a expiré.',
    lockedText: 'Ce lien est bloqué après trop d’essais manqués.',
    alreadyText: 'Cette demande est déjà confirmée ou n’a plus besoin de l’être.',
    busyText: 'Réessayez dans une minute.',
  },
};
