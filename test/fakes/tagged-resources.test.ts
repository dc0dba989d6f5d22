import { taggedResourcesContract } from '../contracts/tagged-resources.ts';
import { memoryTaggedResources } from './memory-tagged-resources.ts';

taggedResourcesContract('in memory', () =>
  Promise.resolve({
    resources: memoryTaggedResources([
      { kind: 'cluster', name: 'analytics', arn: 'a', tags: { Team: 'data' } },
      { kind: 'snapshot', name: 'old', arn: 'b', tags: {} },
      { kind: 'snapshot', name: 'new', arn: 'c', tags: {} },
    ]),
    nowhere: memoryTaggedResources([]),
    missingArn: 'd',
  }),
);
