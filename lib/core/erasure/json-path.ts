import type { compile } from 'json-p3';

/** A path was to be compiled before {@link loadJsonPath}. */
export class JsonPathNotLoaded extends Error {
  override readonly name = 'JsonPathNotLoaded';
  override readonly message = 'the JSONPath library has not been loaded';
}

let compiler: typeof compile | undefined;

/** Loads the JSONPath library: 9 MB in each thread, which only R2F's `json` criteria are worth. */
export async function loadJsonPath(): Promise<void> {
  compiler ??= (await import('json-p3')).compile;
}

/** Compiles a JSONPath of RFC 9535. Throws {@link JsonPathNotLoaded}, or the library's error. */
export function compileJsonPath(path: string): ReturnType<typeof compile> {
  if (!compiler) throw new JsonPathNotLoaded();
  return compiler(path);
}
