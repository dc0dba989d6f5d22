/** `arn:aws:sts::111122223333:assumed-role/sender/session-7` */
const SESSION = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/[\w+=,.@-]+$/;

/**
 * The role behind a session's ARN, since each session has another; any other principal as it is. A
 * role's path is not in its sessions' ARNs, so an agent's role is registered without it.
 * Source: IAM user guide, "IAM identifiers".
 */
export function roleOfSession(principal: string): string {
  const [, partition, account, role] = SESSION.exec(principal) ?? [];
  return role === undefined ? principal : `arn:${partition!}:iam::${account!}:role/${role}`;
}
