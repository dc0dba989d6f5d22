import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { assemble } from '../synthesize.ts';
import { deployedFunctions, type DeployedFunction } from './deployed-functions.ts';
import { DeployedStacks } from './intrinsics.ts';
import { produceEvents } from './proofs/produce-events.ts';
import { redactEvents } from './proofs/redact-events.ts';
import { proveWiring, type Proof } from './prove-wiring.ts';

/** One proof for each function, by its construct id. */
const PROOFS: Readonly<Record<string, Proof>> = {
  StreamDataProducer: produceEvents,
  SensitiveDataFilterFunction: redactEvents,
};

/** A logical id is the construct's id and eight hexadecimal digits. */
function constructId({ id }: DeployedFunction): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}

describe('the wiring of the synthesized stacks', () => {
  let assembly: CloudAssembly;
  let deployed: DeployedStacks;
  let functions: readonly DeployedFunction[];
  beforeAll(() => {
    assembly = assemble();
    deployed = new DeployedStacks(assembly);
    functions = deployedFunctions(assembly, deployed);
  });

  it('is proved for every function', () => {
    expect(functions.map(constructId).sort()).toEqual(Object.keys(PROOFS).sort());
  });

  it.each(Object.entries(PROOFS))(
    'lets %s do its work, with every grant it needs and none that it does not',
    async (id, proof) => {
      const found = functions.find((candidate) => constructId(candidate) === id)!;
      const wiring = await proveWiring(deployed, found, proof);
      expect(wiring.unanswered).toEqual([]);
      proof.expects(wiring);
      expect(wiring.missing).toEqual([]);
      expect(wiring.unused).toEqual([]);
    },
  );

  it('is not proved by a role that lacks a grant or has one too many', async () => {
    const found = functions.find((candidate) => constructId(candidate) === 'StreamDataProducer')!;
    const [invocation] = produceEvents.invocations;
    const proof: Proof = { invocations: [invocation!], expects: () => undefined };
    const without = {
      ...found,
      statements: found.statements.filter(
        ({ actions }) => !actions.includes('kms:GenerateDataKey'),
      ),
    };
    const { missing } = await proveWiring(deployed, without, proof);
    expect(new Set(missing.map(({ action }) => action))).toEqual(new Set(['kms:GenerateDataKey']));

    const extra = { action: 's3:GetObject', resource: 'arn:aws:s3:::*' };
    const having = {
      ...found,
      statements: [
        ...found.statements,
        { effect: 'Allow', actions: [extra.action], resources: [extra.resource], conditions: {} },
      ] satisfies DeployedFunction['statements'],
    };
    expect((await proveWiring(deployed, having, proof)).unused).toEqual([extra]);
  });
});
