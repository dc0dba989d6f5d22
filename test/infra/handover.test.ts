import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { templatesOf } from './synthesize.ts';

describe('data that services hand over by reference', () => {
  it('is fetched by executors: the archive’s alone its rows, all of them of listed hosts', () => {
    const template = templatesOf().get('data-subject-requests-stack')!;
    const chosenHosts = templatesOf({
      context: { 'lethe:gathered-hosts': 'data.gnoll.example,*.cdn.example' },
    }).get('data-subject-requests-stack')!;
    const sources = (of: Template) =>
      Object.entries(of.findResources('AWS::Lambda::Function')).flatMap(([id, found]) => {
        const { Environment } = (found as { Properties: { Environment?: { Variables: object } } })
          .Properties;
        const { GATHERED_SOURCES } = (Environment?.Variables ?? {}) as {
          GATHERED_SOURCES?: unknown;
        };
        return GATHERED_SOURCES === undefined
          ? []
          : [[id.replace(/[0-9A-F]{8}$/, ''), JSON.stringify(GATHERED_SOURCES)] as const];
      });
    expect(sources(template).map(([id]) => id)).toEqual(['ArchiveExecutor']);
    expect(sources(template)[0]![1]).toContain('Handover');
    const chosen = sources(chosenHosts);
    expect(chosen.length).toBeGreaterThan(3);
    for (const [id, value] of chosen) {
      expect(value).toContain('data.gnoll.example');
      expect(value.includes('Handover'), id).toBe(id === 'ArchiveExecutor');
    }
  });

  it('is forgotten by the archive after a day', () => {
    const template = templatesOf().get('archive-erasure-stack')!;
    template.hasResourceProperties('AWS::S3::Bucket', {
      VersioningConfiguration: Match.absent(),
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({ Id: 'rows', ExpirationInDays: 1, Status: 'Enabled' }),
        ]),
      },
    });
  });
});
