import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { apiRoutes } from '../../../lib/api/app.ts';
import { openDsrBody, testApi, uuid } from '../fixture.ts';

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string; responses: object }>>;
  components: { schemas: Record<string, unknown> };
}

async function fetchDocument(path: string): Promise<Document> {
  const api = await testApi();
  return (await (await api.call('GET', path)).json()) as Document;
}

describe.each(['/openapi.json', '/service-protocol.json'])('the document at %s', (path) => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate({ ...(await fetchDocument(path)) });
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(validator.version).toBe('3.1');
  });

  it('refers only to schemas that it has', async () => {
    const document = await fetchDocument(path);
    const references = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g);
    for (const [, reference] of references) {
      const name = /^#\/components\/schemas\/(\w+)$/.exec(reference!)?.[1];
      expect(Object.keys(document.components.schemas)).toContain(name);
    }
  });
});

describe('the OpenAPI document', () => {
  it('has every route that the app serves, and no other', async () => {
    const api = await testApi();
    const document = await fetchDocument('/openapi.json');
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = api.app.routes.map(
      ({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`,
    );
    expect(documented.sort()).toEqual(served.sort());
    expect(documented).toHaveLength(apiRoutes(api.options).length);
  });

  it('names every operation once', async () => {
    const { paths } = await fetchDocument('/openapi.json');
    const ids = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('tells of the replies that the API gives', async () => {
    const api = await testApi();
    const { paths } = await fetchDocument('/openapi.json');
    const headers = { 'x-api-key': api.agentKey };
    const id = uuid('one');
    const calls: [string, string, string, Response][] = [
      [
        'post',
        '/v2/requests',
        '201',
        await api.call('POST', '/v2/requests', { json: openDsrBody(id), headers }),
      ],
      ['get', '/v2/requests/{id}', '200', await api.call('GET', `/v2/requests/${id}`, { headers })],
      [
        'get',
        '/v2/requests/{id}',
        '404',
        await api.call('GET', `/v2/requests/${uuid('no')}`, { headers }),
      ],
      [
        'delete',
        '/v2/requests/{id}',
        '202',
        await api.call('DELETE', `/v2/requests/${id}`, { headers }),
      ],
    ];
    for (const [method, path, status, reply] of calls) {
      expect(String(reply.status)).toBe(status);
      expect(Object.keys(paths[path]![method]!.responses)).toContain(status);
    }
  });
});
