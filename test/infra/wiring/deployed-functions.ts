import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeployedStacks } from './intrinsics.ts';
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

/** All functions of our own; those that CDK brings for its custom resources are left out. */
export function deployedFunctions(
  assembly: CloudAssembly,
  deployed: DeployedStacks,
): DeployedFunction[] {
  return deployed
    .resourcesOf('AWS::Lambda::Function')
    .filter(({ id }) => !id.startsWith('Custom'))
    .map(({ stack, id, properties }) => {
      const { Role, Code, Environment, Handler, Runtime, Timeout } = properties as {
        Role: string;
        Code: { S3Key: string };
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
        codeFolder: codeFolder(assembly, stack, Code.S3Key),
        statements: statementsOf(deployed, Role),
      };
    });
}

function statementsOf(deployed: DeployedStacks, roleArn: string): Statement[] {
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  const attached = deployed
    .resourcesOf('AWS::IAM::Policy')
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

function codeFolder(assembly: CloudAssembly, stack: string, key: string): string {
  const manifest = JSON.parse(
    readFileSync(join(assembly.directory, `${stack}.assets.json`), 'utf8'),
  ) as { files: Record<string, { source: { path: string } }> };
  const source = manifest.files[key.replace(/\.zip$/, '')]?.source;
  if (source === undefined) throw new Error(`${stack} has no asset ${key}`);
  return join(assembly.directory, source.path);
}
