import type { NoticeTexts } from '../subject-notice.ts';

const COMPLAINT =
  'Wenn Sie nicht einverstanden sind, können Sie sich bei einer Datenschutzbehörde beschweren oder ein Gericht anrufen.';

export const de: NoticeTexts = {
  types: {
    access: 'auf eine Kopie Ihrer Daten',
    portability: 'auf Mitnahme Ihrer Daten',
    rectification: 'auf Berichtigung Ihrer Daten',
    erasure: 'auf Löschung Ihrer Daten',
    restriction: 'auf Einschränkung der Nutzung Ihrer Daten',
    objection: 'auf Widerspruch gegen die Nutzung Ihrer Daten',
  },
  reasons: {
    complexity: 'Die Anfrage ist aufwendig.',
    'number-of-requests': 'Wir haben viele Anfragen erhalten.',
    'identity-locked': 'Die Bestätigung ist zu oft fehlgeschlagen.',
    'identity-not-confirmed': 'Sie wurde nicht rechtzeitig bestätigt.',
    'no-match': 'Zu den Angaben haben wir niemanden gefunden.',
  },
  notices: {
    'verify-identity': ({ organisation }, what) => ({
      subject: 'Bitte bestätigen Sie Ihre Anfrage',
      paragraphs: [
        `Jemand, hoffentlich Sie, hat bei ${organisation} eine Anfrage ${what} gestellt.`,
        'Bitte bestätigen Sie mit dem Link unten, dass Sie es waren. Bis dahin unternehmen wir nichts.',
        'Wenn Sie es nicht waren, brauchen Sie nichts zu tun.',
      ],
      action: 'Meine Anfrage bestätigen',
    }),
    received: ({ organisation, due }, what) => ({
      subject: 'Wir haben Ihre Anfrage erhalten',
      paragraphs: [
        `${organisation} hat Ihre Anfrage ${what} erhalten.`,
        ...(due === undefined ? [] : [`Sie erhalten bis zum ${due} eine Antwort.`]),
      ],
    }),
    verified: ({ due }, what) => ({
      subject: 'Ihre Anfrage ist bestätigt',
      paragraphs: [
        `Danke, dass Sie Ihre Anfrage ${what} bestätigt haben.`,
        ...(due === undefined ? [] : [`Sie erhalten bis zum ${due} eine Antwort.`]),
      ],
    }),
    begun: (_, what) => ({
      subject: 'Wir bearbeiten Ihre Anfrage',
      paragraphs: [`Die Arbeit an Ihrer Anfrage ${what} hat begonnen.`],
    }),
    delayed: ({ due, reason }, what) => ({
      subject: 'Ihre Anfrage dauert länger',
      paragraphs: [
        `Für Ihre Anfrage ${what} brauchen wir mehr Zeit.`,
        ...(reason === undefined ? [] : [reason]),
        ...(due === undefined ? [] : [`Sie erhalten bis zum ${due} eine Antwort.`]),
        COMPLAINT,
      ],
    }),
    completed: ({ packageUntil }, what) => ({
      subject: 'Ihre Anfrage ist erledigt',
      paragraphs: [
        `Ihre Anfrage ${what} ist erledigt.`,
        ...(packageUntil === undefined
          ? []
          : [`Mit dem Link unten können Sie Ihre Daten bis zum ${packageUntil} herunterladen.`]),
      ],
    }),
    'completed-with-exemptions': ({ packageUntil }, what) => ({
      subject: 'Ihre Anfrage ist erledigt, mit Ausnahmen',
      paragraphs: [
        `Ihre Anfrage ${what} ist erledigt. Ausgenommen sind Daten, die wir nach dem Gesetz aufbewahren müssen.`,
        ...(packageUntil === undefined
          ? []
          : [`Mit dem Link unten können Sie Ihre Daten bis zum ${packageUntil} herunterladen.`]),
        COMPLAINT,
      ],
    }),
    failed: ({ organisation }, what) => ({
      subject: 'Wir konnten Ihre Anfrage nicht erledigen',
      paragraphs: [
        `Es tut uns leid: Ihre Anfrage ${what} konnte nicht erledigt werden.`,
        `Bitte schreiben Sie ${organisation} unter dem Zeichen unten.`,
        COMPLAINT,
      ],
    }),
    refused: ({ reason }, what) => ({
      subject: 'Wir können Ihrer Anfrage nicht entsprechen',
      paragraphs: [
        `Wir können Ihrer Anfrage ${what} nicht entsprechen.`,
        ...(reason === undefined ? [] : [reason]),
        COMPLAINT,
      ],
    }),
    duplicate: (_, what) => ({
      subject: 'Wir bearbeiten Ihre Anfrage bereits',
      paragraphs: [
        `Eine Anfrage ${what} liegt uns von Ihnen schon vor. Wir arbeiten an ihr weiter; Sie brauchen nichts zu tun.`,
      ],
    }),
    expired: (_, what) => ({
      subject: 'Ihre Anfrage ist verfallen',
      paragraphs: [
        `Ihre Anfrage ${what} wurde nicht rechtzeitig bestätigt und ist verfallen. Es wurde nichts unternommen. Sie können sie jederzeit neu stellen.`,
      ],
    }),
    cancelled: (_, what) => ({
      subject: 'Ihre Anfrage ist zurückgezogen',
      paragraphs: [`Ihre Anfrage ${what} wurde zurückgezogen. Es wurde nichts geändert.`],
    }),
    'cancelled-partial': (_, what) => ({
      subject: 'Ihre Anfrage ist zurückgezogen',
      paragraphs: [
        `Ihre Anfrage ${what} wurde zurückgezogen, als die Arbeit schon begonnen hatte. Was bis dahin getan war, bleibt bestehen.`,
      ],
    }),
  },
  packageAction: 'Meine Daten herunterladen',
  statusAction: 'Stand meiner Anfrage ansehen',
  reference: 'Zeichen',
};
