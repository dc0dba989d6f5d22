export function compileErasureEngine(): Promise<string>;
export function compileRedactionScanner(): Promise<string>;
