/**
 * Why a Parquet object can't be erased in: it is not whole and sound (`corrupt`), or it uses what
 * Lethe does not know (`unsupported`). The object stays untouched either way.
 */
export class ParquetFault extends Error {
  override readonly name = 'ParquetFault';
  readonly kind: 'corrupt' | 'unsupported';
  /** In bytes from the start of the object, where known. */
  readonly offset: number | undefined;

  constructor(
    kind: 'corrupt' | 'unsupported',
    reason: string,
    options: { offset?: number; cause?: unknown } = {},
  ) {
    super(reason, { cause: options.cause });
    this.kind = kind;
    this.offset = options.offset;
  }
}

export function corrupt(reason: string, cause?: unknown): ParquetFault {
  return new ParquetFault('corrupt', reason, { cause });
}

export function unsupported(reason: string): ParquetFault {
  return new ParquetFault('unsupported', reason);
}
