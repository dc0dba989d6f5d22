import type { NoticeTexts } from '../subject-notice.ts';

const COMPLAINT =
  'If you disagree, you may complain to a data protection authority or go to court.';

export const en: NoticeTexts = {
  types: {
    access: 'to get a copy of your data',
    portability: 'to take your data with you',
    rectification: 'to correct your data',
    erasure: 'to erase your data',
    restriction: 'to restrict the use of your data',
    objection: 'to object to the use of your data',
  },
  reasons: {
    complexity: 'The request is complex.',
    'number-of-requests': 'We have received many requests.',
    'identity-locked': 'The confirmation failed too many times.',
    'identity-not-confirmed': 'It was not confirmed in time.',
    'no-match': 'We found nobody with the details given.',
  },
  notices: {
    'verify-identity': ({ organisation }, what) => ({
      subject: 'Please confirm your request',
      paragraphs: [
        `Somebody, hopefully you, asked ${organisation} ${what}.`,
        'Please confirm with the link below that it was you. Until then we do nothing.',
        'If it was not you, you need not do anything.',
      ],
      action: 'Confirm my request',
    }),
    received: ({ organisation, due }, what) => ({
      subject: 'We have received your request',
      paragraphs: [
        `${organisation} has received your request ${what}.`,
        ...(due === undefined ? [] : [`You will have an answer by ${due}.`]),
      ],
    }),
    verified: ({ due }, what) => ({
      subject: 'Your request is confirmed',
      paragraphs: [
        `Thank you for confirming your request ${what}.`,
        ...(due === undefined ? [] : [`You will have an answer by ${due}.`]),
      ],
    }),
    begun: (_, what) => ({
      subject: 'We are working on your request',
      paragraphs: [`Work on your request ${what} has begun.`],
    }),
    delayed: ({ due, reason }, what) => ({
      subject: 'Your request takes longer',
      paragraphs: [
        `We need more time for your request ${what}.`,
        ...(reason === undefined ? [] : [reason]),
        ...(due === undefined ? [] : [`You will have an answer by ${due}.`]),
        COMPLAINT,
      ],
    }),
    completed: ({ packageUntil }, what) => ({
      subject: 'Your request is completed',
      paragraphs: [
        `Your request ${what} is completed.`,
        ...(packageUntil === undefined
          ? []
          : [`You can download your data until ${packageUntil} with the link below.`]),
      ],
    }),
    'completed-with-exemptions': ({ packageUntil }, what) => ({
      subject: 'Your request is completed, with exceptions',
      paragraphs: [
        `Your request ${what} is completed, except for data that the law obliges us to keep.`,
        ...(packageUntil === undefined
          ? []
          : [`You can download your data until ${packageUntil} with the link below.`]),
        COMPLAINT,
      ],
    }),
    failed: ({ organisation }, what) => ({
      subject: 'We could not complete your request',
      paragraphs: [
        `We are sorry: your request ${what} could not be completed.`,
        `Please write to ${organisation} with the reference below.`,
        COMPLAINT,
      ],
    }),
    refused: ({ reason }, what) => ({
      subject: 'We cannot grant your request',
      paragraphs: [
        `We cannot grant your request ${what}.`,
        ...(reason === undefined ? [] : [reason]),
        COMPLAINT,
      ],
    }),
    duplicate: (_, what) => ({
      subject: 'We are already working on your request',
      paragraphs: [
        `We already have an open request of yours ${what}. We go on with that one; you need not do anything.`,
      ],
    }),
    expired: (_, what) => ({
      subject: 'Your request has lapsed',
      paragraphs: [
        `Your request ${what} was not confirmed in time and has lapsed. Nothing was done. You may make it again at any time.`,
      ],
    }),
    cancelled: (_, what) => ({
      subject: 'Your request is withdrawn',
      paragraphs: [`Your request ${what} was withdrawn. Nothing was changed.`],
    }),
    'cancelled-partial': (_, what) => ({
      subject: 'Your request is withdrawn',
      paragraphs: [
        `Your request ${what} was withdrawn after work had begun. What was done until then stands.`,
      ],
    }),
  },
  packageAction: 'Download my data',
  statusAction: 'See how far my request is',
  reference: 'Reference',
};
