import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { identityToken } from '../../../lib/core/identity/one-time-token.ts';
import { requestKeyName } from '../../../lib/core/identity/subject-boxes.ts';
import { makeLink } from '../../../lib/core/notices/subject-links.ts';
import { openDsrBody, START, testApi, uuid, type TestApi } from '../fixture.ts';

const id = uuid('one');
const DAY = 24 * 60 * 60 * 1_000;

/** An unconfirmed request, and the token that was mailed. */
async function pending(): Promise<{ api: TestApi; token: string }> {
  const api = await testApi();
  const headers = { 'x-api-key': api.otherKey };
  await api.call('POST', '/v2/requests', { json: openDsrBody(id), headers });
  const key = await api.deps.keys.get(requestKeyName(id));
  if (key.kind !== 'key') throw new Error(key.kind);
  return { api, token: identityToken(key.key, id) };
}

const lifecycle = async (api: TestApi) => (await api.desk.load(id))?.lifecycle;

describe('the verification link', () => {
  it('does nothing when it is only opened, as mail scanners do', async () => {
    const { api, token } = await pending();
    for (let visit = 0; visit < 10; visit++) {
      const page = await api.call('GET', `/subject/verify/${id}/${token}`);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<form method="post"><button type="submit">');
    }
    await api.call('HEAD', `/subject/verify/${id}/${token}`);
    expect(await lifecycle(api)).toBe('AWAITING_IDENTITY');
  });

  it('confirms by its button, once', async () => {
    const { api, token } = await pending();
    const path = `/subject/verify/${id}/${token}`;
    expect((await api.call('POST', path)).status).toBe(200);
    expect(await lifecycle(api)).toBe('AWAITING_APPROVAL');
    expect((await api.call('POST', path)).status).toBe(409);
  });

  it('locks after a few wrong tokens, for the right one too', async () => {
    const { api, token } = await pending();
    for (let attempt = 0; attempt < 5; attempt++) {
      const wrong = randomBytes(32).toString('base64url');
      expect((await api.call('POST', `/subject/verify/${id}/${wrong}`)).status).toBe(403);
    }
    const reply = await api.call('POST', `/subject/verify/${id}/${token}`);
    expect(reply.status).not.toBe(200);
    expect(await lifecycle(api)).toBe('REJECTED');
  });

  it('expires', async () => {
    const { api, token } = await pending();
    api.clock.time += 8 * DAY;
    expect((await api.call('POST', `/subject/verify/${id}/${token}`)).status).toBe(410);
    expect(await lifecycle(api)).not.toBe('AWAITING_APPROVAL');
  });

  it('looks the same for a request that does not exist as for a wrong token', async () => {
    const { api } = await pending();
    const wrong = randomBytes(32).toString('base64url');
    const one = await api.call('POST', `/subject/verify/${id}/${wrong}`);
    const none = await api.call('POST', `/subject/verify/${uuid('none')}/${wrong}`);
    expect(none.status).toBe(one.status);
    expect(await none.text()).toBe(await one.text());
  });
});

describe('the subject’s pages', () => {
  it('load nothing from elsewhere, run nothing, and cannot be framed or kept', async () => {
    const { api, token } = await pending();
    const page = await api.call('GET', `/subject/verify/${id}/${token}`);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await page.text()).not.toMatch(/<script|src=|http:|https:/);
  });

  it('speak the reader’s language', async () => {
    const { api, token } = await pending();
    const page = await api.call('GET', `/subject/verify/${id}/${token}`, {
      headers: { 'accept-language': 'it, de-AT;q=0.9, en;q=0.5' },
    });
    expect(page.headers.get('content-language')).toBe('de');
    expect(await page.text()).toContain('Bestätigen Sie Ihre Anfrage');
  });

  it('show how far a request is, to who holds the link, without personal data', async () => {
    const { api } = await pending();
    const link = makeLink(api.options.linkKey, 'status', id, START + DAY);
    const text = await (await api.call('GET', `/subject/status/${link}`)).text();
    expect(text).toContain('Received, work has not begun');
    expect(text).toContain('31 January 2026');
    expect(text).not.toMatch(/gnoll/);
  });

  it('show nothing for a link that is forged, expired, or for something else', async () => {
    const { api } = await pending();
    const key = api.options.linkKey;
    const good = makeLink(key, 'status', id, START + DAY);
    const altered = good.replace(id, uuid('other'));
    const cases: [string, number][] = [
      [makeLink(key, 'package', id, START + DAY), 403],
      [makeLink(randomBytes(32), 'status', id, START + DAY), 403],
      [altered, 403],
      [`${good.slice(0, -2)}AA`, 403],
      ['x', 403],
      [makeLink(key, 'status', id, START), 410],
      [makeLink(key, 'status', uuid('none'), START + DAY), 403],
    ];
    for (const [link, status] of cases) {
      expect((await api.call('GET', `/subject/status/${link}`)).status).toBe(status);
    }
  });
});

describe('the package link', () => {
  async function withPackage(expiresAt: number, location?: string) {
    const opened: string[] = [];
    const api = await testApi({
      openPackage: (dsrId, reference) => {
        opened.push(`${dsrId} ${reference}`);
        return Promise.resolve(
          location === undefined
            ? ReadableStream.from([Buffer.from('PK'), Buffer.from('...')])
            : { location },
        );
      },
    });
    const headers = { 'x-api-key': api.agentKey };
    await api.call('POST', '/v2/requests', { json: openDsrBody(id), headers });
    const request = (await api.desk.load(id))!;
    await api.deps.requests.save({
      request: {
        ...request,
        version: request.version + 1,
        package: { reference: 'packages/one', expiresAt },
      },
      expectedVersion: request.version,
      audit: [],
    });
    return { api, opened };
  }

  it('gives the zip by its button, not by being opened', async () => {
    const { api, opened } = await withPackage(START + DAY);
    const link = makeLink(api.options.linkKey, 'package', id, START + DAY);
    expect((await api.call('GET', `/subject/package/${link}`)).status).toBe(200);
    expect(opened).toEqual([]);
    const download = await api.call('POST', `/subject/package/${link}`);
    expect(download.headers.get('content-type')).toBe('application/zip');
    expect(download.headers.get('content-disposition')).toBe('attachment; filename="my-data.zip"');
    expect(await download.text()).toBe('PK...');
    expect(opened).toEqual([`${id} packages/one`]);
  });

  it('leads to where a large one lies open: by a link for people, at once for programs', async () => {
    const location = 'https://bucket.s3.amazonaws.com/opened/a.zip?X-Amz-Expires=300&X="b"';
    const { api } = await withPackage(START + DAY, location);
    const link = makeLink(api.options.linkKey, 'package', id, START + DAY);
    const page = await api.call('POST', `/subject/package/${link}`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain(
      '<a href="https://bucket.s3.amazonaws.com/opened/a.zip?X-Amz-Expires=300&amp;X=&quot;b&quot;">',
    );
    const headers = { accept: 'application/zip' };
    const program = await api.call('GET', `/subject/package/${link}`, { headers });
    expect(program.status).toBe(303);
    expect(program.headers.get('location')).toBe(location);
  });

  it('gives the zip to a program that asks for one', async () => {
    const { api, opened } = await withPackage(START + DAY);
    const link = makeLink(api.options.linkKey, 'package', id, START + DAY);
    const headers = { accept: 'application/zip' };
    const download = await api.call('GET', `/subject/package/${link}`, { headers });
    expect(download.headers.get('content-type')).toBe('application/zip');
    expect(opened).toHaveLength(1);
  });

  it('gives nothing once the package’s own time is over, whatever the link says', async () => {
    const { api, opened } = await withPackage(START - 1);
    const link = makeLink(api.options.linkKey, 'package', id, START + DAY);
    expect((await api.call('POST', `/subject/package/${link}`)).status).toBe(410);
    expect(opened).toEqual([]);
  });
});
