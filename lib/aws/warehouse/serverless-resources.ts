import {
  GetNamespaceCommand,
  GetWorkgroupCommand,
  ListSnapshotsCommand,
  ListTagsForResourceCommand,
  type RedshiftServerlessClient,
  ResourceNotFoundException,
  TagResourceCommand,
} from '@aws-sdk/client-redshift-serverless';
import type { TaggedResource, TaggedResources } from '../../core/ports/tagged-resources.ts';

/** A workgroup, its namespace and the namespace's snapshots. */
export function serverlessResources(
  client: Pick<RedshiftServerlessClient, 'send'>,
  workgroupName: string,
): TaggedResources {
  const read = async (
    kind: TaggedResource['kind'],
    name = '',
    resourceArn = '',
  ): Promise<TaggedResource> => {
    const { tags = [] } = await client.send(new ListTagsForResourceCommand({ resourceArn }));
    return {
      ...{ kind, name, arn: resourceArn },
      tags: Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value])),
    };
  };
  return {
    list: async function* () {
      const workgroup = await unlessMissing(
        async () => (await client.send(new GetWorkgroupCommand({ workgroupName }))).workgroup,
      );
      if (workgroup === undefined) return;
      yield await read('workgroup', workgroupName, workgroup.workgroupArn);
      const { namespaceName } = workgroup;
      const { namespace } = await client.send(new GetNamespaceCommand({ namespaceName }));
      yield await read('namespace', namespaceName, namespace?.namespaceArn);
      let nextToken: string | undefined;
      do {
        const page = await client.send(new ListSnapshotsCommand({ namespaceName, nextToken }));
        for (const { snapshotName, snapshotArn } of page.snapshots ?? []) {
          yield await read('snapshot', snapshotName, snapshotArn);
        }
        nextToken = page.nextToken;
      } while (nextToken !== undefined && nextToken !== '');
    },
    tag: async (resourceArn, tags) => {
      const asked = Object.entries(tags).map(([key, value]) => ({ key, value }));
      const done = await unlessMissing(() =>
        client.send(new TagResourceCommand({ resourceArn, tags: asked })),
      );
      return done === undefined ? 'missing' : 'done';
    },
  };
}

async function unlessMissing<Answer>(call: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
