export function buildCommandLine(): Promise<string>;
