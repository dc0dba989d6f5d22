export function compileErasureEngine(): Promise<string>;
