import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble, composeApp } from '../synthesize.ts';
import { DeployedStacks } from './intrinsics.ts';
import { readStatements, type Statement } from './policy-evaluator.ts';

/** A function of the assembly, as Lambda would have it after `cdk deploy`. */
export interface DeployedFunction {
  readonly stack: string;
  /** Its logical id. */
  readonly id: string;
  readonly handler: string;
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** The unpacked asset. */
  readonly codeFolder: string;
  /** All statements of its role, inline and attached. */
  readonly statements: readonly Statement[];
}

interface Policy {
  PolicyDocument: unknown;
  Roles?: string[];
}

export interface Deployment {
  readonly deployed: DeployedStacks;
  /** By construct id. */
  readonly functions: ReadonlyMap<string, DeployedFunction>;
}

/**
 * The stacks under the settings of `-c`. Bundles are those of the default settings: code does not
 * depend on settings, as test/infra/synth.test.ts shows.
 * @param context @default none
 */
export function deploy(context: Readonly<Record<string, unknown>> = {}): Deployment {
  const deployed = new DeployedStacks(composeApp({ context }).synth());
  const found = deployedFunctions(assemble(), deployed);
  return { deployed, functions: new Map(found.map((one) => [constructId(one), one])) };
}

/** The stacks of an assembly, their code from where `folderOf` says by construct id. */
export function deployAssembly(
  assembly: CloudAssembly,
  folderOf: (constructId: string) => string | undefined,
): Deployment {
  const deployed = new DeployedStacks(assembly);
  const found = readFunctions(deployed, (stack, id) => folderOf(plainId(id)) ?? '');
  return { deployed, functions: new Map(found.map((one) => [constructId(one), one])) };
}

/** A logical id is the construct's id and eight hexadecimal digits. */
function constructId({ id }: DeployedFunction): string {
  return plainId(id);
}

function plainId(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}

/** All functions of our own; those that CDK brings for its custom resources are left out. */
function deployedFunctions(bundled: CloudAssembly, deployed: DeployedStacks): DeployedFunction[] {
  return readFunctions(deployed, (stack, id) => codeFolder(bundled, stack, id));
}

function readFunctions(
  deployed: DeployedStacks,
  folderOf: (stack: string, id: string) => string,
): DeployedFunction[] {
  return deployed
    .resourcesOf('AWS::Lambda::Function')
    .filter(({ id }) => !/^(Custom|AWSCDK)/.test(id))
    .map(({ stack, id, properties }) => {
      const { Role, Environment, Handler, Runtime, Timeout } = properties as {
        Role: string;
        Environment?: { Variables: Record<string, string> };
        Handler: string;
        Runtime: string;
        Timeout: number;
      };
      return {
        stack,
        id,
        handler: Handler,
        runtime: Runtime,
        environment: Environment?.Variables ?? {},
        timeoutSeconds: Timeout,
        codeFolder: folderOf(stack, id),
        statements: statementsOf(deployed, Role),
      };
    });
}

function statementsOf(deployed: DeployedStacks, roleArn: string): Statement[] {
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  // What does not fit into a role's own 10 KB, CDK puts into a policy beside it.
  const attached = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']
    .flatMap((type) => deployed.resourcesOf(type))
    .map(({ properties }) => properties as unknown as Policy)
    .filter(({ Roles }) => Roles?.includes(roleName));
  const inline = deployed
    .resourcesOf('AWS::IAM::Role')
    .filter(({ arn }) => arn() === roleArn)
    .flatMap(({ properties }) => {
      if (properties['ManagedPolicyArns'] !== undefined) {
        throw new Error(`${roleName} has managed policies, whose statements nobody here knows`);
      }
      return (properties['Policies'] ?? []) as Policy[];
    });
  return [...attached, ...inline].flatMap(({ PolicyDocument }) => readStatements(PolicyDocument));
}

function codeFolder(bundled: CloudAssembly, stack: string, id: string): string {
  const { Resources } = bundled.getStackByName(stack).template as {
    Resources: Record<string, { Properties: { Code: { S3Key: string } } } | undefined>;
  };
  const key = Resources[id]?.Properties.Code.S3Key.replace(/\.zip$/, '') ?? '';
  const manifest = JSON.parse(
    readFileSync(join(bundled.directory, `${stack}.assets.json`), 'utf8'),
  ) as { files: Record<string, { source: { path: string } }> };
  const source = manifest.files[key]?.source;
  if (source === undefined) throw new Error(`${stack} has no bundle of ${id}`);
  return join(bundled.directory, source.path);
}
