import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGES, pickLanguage } from '../../../lib/core/notices/language.ts';
import { renderMail } from '../../../lib/core/notices/render-mail.ts';
import { openLink } from '../../../lib/core/notices/subject-links.ts';
import { SUBJECT_NOTICES } from '../../../lib/core/notices/subject-notice.ts';
import { renderSystemNotice } from '../../../lib/core/notices/system-notice.ts';
import type { Notice } from '../../../lib/core/ports/notifier.ts';
import { NOTICES } from '../../../lib/core/requests/model/outbox-message.ts';
import { REQUEST_TYPES } from '../../../lib/core/requests/model/request.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const DSR_ID = '6f1c1a52-6f0e-4a63-9a39-1d4f5f0a7b11';
const TOKEN = 'T'.repeat(43);
const site = {
  organisation: 'Müller & <Söhne>',
  baseUrl: 'https://dsr.example.com',
  linkKey: Buffer.alloc(32, 9),
};

function notice(change: Partial<Notice>): Notice {
  return {
    name: 'received',
    audience: 'subject',
    address: 'gnoll@example.com',
    language: 'en',
    dsrId: DSR_ID,
    type: 'erasure',
    facts: { due: '2026-03-02', token: TOKEN, reason: 'complexity' },
    ...change,
  };
}

const anyNotice = fc.record({
  name: fc.constantFrom(...SUBJECT_NOTICES),
  language: fc.constantFrom(...LANGUAGES),
  type: fc.constantFrom(...REQUEST_TYPES),
});

describe('a mail to the data subject', () => {
  it('is one line of subject, whole sentences, and marked-up safely, in every language', () => {
    fc.assert(
      fc.property(anyNotice, (change) => {
        const mail = renderMail(site, notice(change), NOW)!;
        expect(mail.subject).toMatch(/^[^\r\n]{10,100}$/);
        expect(mail.text).toContain(DSR_ID);
        expect(mail.text).not.toMatch(/undefined|NaN|\[object/);
        expect(mail.html).toContain('Müller &amp; &lt;Söhne&gt;');
        expect(mail.html).not.toMatch(/<Söhne>|undefined|<script/);
        expect(mail.html).toContain(`<html lang="${change.language}">`);
      }),
    );
  });

  it('never holds the recipient’s address, nor a fact that it was not made for', () => {
    fc.assert(
      fc.property(anyNotice, fc.string({ minLength: 1 }), (change, word) => {
        const facts = { ...notice({}).facts, reason: `canary ${word}`, extra: `canary ${word}` };
        const mail = renderMail(site, notice({ ...change, facts }), NOW)!;
        expect(mail.text + mail.html + mail.subject).not.toMatch(/canary|gnoll/);
      }),
    );
  });

  it('differs between languages, so that none was left untranslated', () => {
    for (const name of SUBJECT_NOTICES) {
      const texts = LANGUAGES.map((language) => {
        const { subject, text } = renderMail(site, notice({ name, language }), NOW)!;
        return `${subject}\n${text.replace(/https:\S+/g, '')}`;
      });
      expect(new Set(texts).size).toBe(LANGUAGES.length);
    }
  });

  it('carries the confirmation link, and only that, until the subject has confirmed', () => {
    const mail = renderMail(site, notice({ name: 'verify-identity' }), NOW)!;
    const links = [...mail.text.matchAll(/https:\S+/g)].map(([link]) => link);
    expect(links).toEqual([`https://dsr.example.com/subject/verify/${DSR_ID}/${TOKEN}`]);
  });

  it('puts no token into any other mail', () => {
    for (const name of SUBJECT_NOTICES.filter((one) => one !== 'verify-identity')) {
      const mail = renderMail(site, notice({ name }), NOW)!;
      expect(mail.text + mail.html).not.toContain(TOKEN);
    }
  });

  it('links to the status, and to the package as long as there is one', () => {
    const until = NOW + 7 * 24 * 60 * 60 * 1_000;
    const facts = { packageExpiresAt: until };
    const mail = renderMail(site, notice({ name: 'completed', type: 'access', facts }), NOW)!;
    expect(mail.text).toContain('You can download your data until 7 February 2026');
    const [, packageLink] = /subject\/package\/(\S+)/.exec(mail.text)!;
    const [, statusLink] = /subject\/status\/(\S+)/.exec(mail.text)!;
    const opened = { kind: 'valid', dsrId: DSR_ID };
    expect(openLink(site.linkKey, 'package', packageLink!, until - 1)).toEqual(opened);
    expect(openLink(site.linkKey, 'package', packageLink!, until)).toMatchObject({
      kind: 'expired',
    });
    expect(openLink(site.linkKey, 'status', packageLink!, NOW)).toEqual({ kind: 'invalid' });
    expect(openLink(site.linkKey, 'status', statusLink!, NOW)).toEqual(opened);
  });

  it('is the same when it is written again', () => {
    expect(renderMail(site, notice({}), NOW)).toEqual(renderMail(site, notice({}), NOW));
  });

  it('tells of a delay with its reason, the new day, and the right to complain', () => {
    const { text } = renderMail(site, notice({ name: 'delayed', language: 'de' }), NOW)!;
    expect(text).toContain('Die Anfrage ist aufwendig.');
    expect(text).toContain('2. März 2026');
    expect(text).toContain('Datenschutzbehörde');
  });

  it('is not written for notices that are not the subject’s', () => {
    for (const name of NOTICES.filter((one) => !SUBJECT_NOTICES.some((known) => known === one))) {
      expect(renderMail(site, notice({ name }), NOW)).toBeUndefined();
    }
  });
});

describe('a system notice', () => {
  it('is JSON with codes and dates, its subject short enough for SNS', () => {
    const written = renderSystemNotice(
      notice({ name: 'deadline-near', audience: 'administrators', facts: { percent: 75 } }),
    )!;
    expect(JSON.parse(written.message)).toEqual({
      format: 'lethe-notice/1',
      name: 'deadline-near',
      audience: 'administrators',
      DSR_ID,
      type: 'erasure',
      facts: { percent: 75 },
    });
    expect(written.subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    expect(written.attributes).toEqual({
      name: 'deadline-near',
      audience: 'administrators',
      type: 'erasure',
    });
    expect(JSON.stringify(written)).not.toContain('gnoll');
  });

  it('is never made of a notice to a data subject', () => {
    expect(renderSystemNotice(notice({}))).toBeUndefined();
  });
});

describe('the language', () => {
  it.each([
    ['de', 'de'],
    ['de-CH-1996', 'de'],
    ['FR', 'fr'],
    ['it;q=1, fr;q=0.3, de;q=0.7', 'de'],
    ['de;q=0, fr', 'fr'],
    ['*', 'en'],
    ['', 'en'],
    [undefined, 'en'],
    ['\u0000,;q=;;q', 'en'],
  ])('of %j is %s', (wanted, expected) => {
    expect(pickLanguage(wanted)).toBe(expected);
  });
});
