/** A statement of a role's policy, all tokens resolved. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Operator to key to values. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** What a role asks leave for. */
export interface AccessRequest {
  /** `kinesis:PutRecords`. */
  readonly action: string;
  /** ARN, or `*` for actions that take no resource. */
  readonly resource: string;
  /** Condition keys of the request, such as `kms:ViaService`. */
  readonly context: Readonly<Record<string, string>>;
}

/** One action on one resource pattern in one statement: the smallest thing that can be granted. */
export interface AllowedAction {
  readonly action: string;
  readonly resource: string;
}

/** Reads a policy document. @throws Error on what this evaluator does not know. */
export function readStatements(document: unknown): Statement[] {
  const { Statement: statements } = document as { Statement: unknown };
  return listOf(statements).map((raw) => {
    const { Effect, Action, Resource, Condition, ...others } = raw as Record<string, unknown>;
    const unknown = Object.entries(others).filter(([key]) => key !== 'Sid');
    if (unknown.length > 0 || (Effect !== 'Allow' && Effect !== 'Deny')) {
      throw new Error(`The policy evaluator must learn ${JSON.stringify([Effect, ...unknown])}`);
    }
    const conditions: Record<string, Record<string, string[]>> = {};
    for (const [operator, keys] of Object.entries((Condition ?? {}) as Record<string, object>)) {
      conditions[operator] = Object.fromEntries(
        Object.entries(keys).map(([key, values]) => [key, listOf(values).map(String)]),
      );
    }
    return {
      effect: Effect,
      actions: listOf(Action).map(String),
      resources: listOf(Resource).map(String),
      conditions,
    };
  });
}

/** Whether identity policies let a request through: an explicit deny wins, no allow is a deny. */
export function isAllowed(statements: readonly Statement[], request: AccessRequest): boolean {
  const applying = statements.filter((statement) => applies(statement, request));
  return (
    applying.some((statement) => statement.effect === 'Allow') &&
    !applying.some((statement) => statement.effect === 'Deny')
  );
}

/** The allowed actions that none of the requests needed. */
export function unusedActions(
  statements: readonly Statement[],
  requests: readonly AccessRequest[],
): AllowedAction[] {
  const unused: AllowedAction[] = [];
  for (const { effect, actions, resources, conditions } of statements) {
    if (effect !== 'Allow') continue;
    for (const action of actions) {
      for (const resource of resources) {
        const alone: Statement = { effect, actions: [action], resources: [resource], conditions };
        if (!requests.some((request) => applies(alone, request))) unused.push({ action, resource });
      }
    }
  }
  return unused;
}

function applies(statement: Statement, { action, resource, context }: AccessRequest): boolean {
  return (
    statement.actions.some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
    statement.resources.some((pattern) => like(pattern, resource)) &&
    Object.entries(statement.conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => {
        const actual = context[key];
        // A key that the request lacks never matches. Source: IAM user guide, condition operators.
        return actual !== undefined && values.some((value) => holds(operator, value, actual));
      }),
    )
  );
}

function holds(operator: string, expected: string, actual: string): boolean {
  switch (operator) {
    case 'StringEquals':
    case 'Bool':
      return expected === actual;
    case 'StringLike':
    case 'ArnLike':
    case 'ArnEquals':
      return like(expected, actual);
    default:
      throw new Error(`The policy evaluator must learn the condition operator ${operator}`);
  }
}

/** IAM's wildcards: `*` any text, `?` any one character. */
function like(pattern: string, text: string): boolean {
  const source = pattern
    .split('')
    .map((sign) =>
      sign === '*' ? '.*' : sign === '?' ? '.' : sign.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`, 's').test(text);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}
