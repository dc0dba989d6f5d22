import type { Template } from 'aws-cdk-lib/assertions';

export interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** What the role of a function may, by the id that its policy begins with. */
export function statementsOf(template: Template, id: string): readonly Statement[] {
  const policies = template.findResources('AWS::IAM::Policy') as Record<
    string,
    { Properties: { PolicyDocument: { Statement: Statement[] } } }
  >;
  return Object.entries(policies)
    .filter(([logicalId]) => logicalId.startsWith(id))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
}

export function actionsOf(template: Template, id: string, prefix: string): string[] {
  return statementsOf(template, id)
    .flatMap(({ Action }) => Action)
    .filter((action) => action.startsWith(prefix))
    .map((action) => action.slice(prefix.length))
    .sort();
}
