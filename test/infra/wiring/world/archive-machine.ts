import { interpret } from '../../state-machine/interpret.ts';
import { machineSchema } from '../../state-machine/states.ts';
import type { Deployment } from '../deployed-functions.ts';
import type { VersionedObjects } from './versioned-objects.ts';
import type { World } from './world.ts';

/**
 * Has Step Functions go once through the synthesized machine of archive runs. Where it waits, time
 * passes in the world.
 */
export function runArchiveMachine(
  { deployed, functions }: Deployment,
  world: World,
  objects: VersionedObjects = world.objects,
): ReturnType<typeof interpret> {
  const [resource] = deployed.resourcesOf('AWS::StepFunctions::StateMachine');
  const machine = machineSchema.parse(
    JSON.parse(String(resource!.properties['DefinitionString'])) as unknown,
  );
  const idOf = (arn: string): string =>
    [...functions].find(([, { stack, id }]) => arn.endsWith(`:${stack}-${id}`))![0];
  return interpret(
    machine,
    {},
    {
      executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:machine:first',
      invoke: (arn, payload) => world.invoke(idOf(arn), payload),
      readObject: (bucket, key) => Promise.resolve(objects.text(bucket, key)),
      writeObject: (bucket, key, text) => {
        objects.put(bucket, key, text);
        return Promise.resolve();
      },
      now: () => world.now(),
      sleepUntil: (time) => {
        world.pass(Math.max(0, time - world.now()));
        return Promise.resolve();
      },
    },
  );
}
