import type {
  SqlDialect,
  SqlRow,
  SqlStatement,
  Warehouse,
} from '../../../lib/core/ports/warehouse.ts';
import { renderNamed } from '../../../lib/core/warehouse/sql/render.ts';

/** Answers every statement with success, and remembers its text. */
export function recordingWarehouse(
  dialect: SqlDialect,
  answer: (text: string) => readonly SqlRow[] = () => [],
): Warehouse & { readonly texts: string[] } {
  const texts: string[] = [];
  const record = (statements: readonly SqlStatement[]) => {
    const rendered = renderNamed(statements).texts;
    texts.push(...rendered);
    return rendered;
  };
  return {
    ...{ dialect, texts },
    transact: (statements) => {
      record(statements);
      return Promise.resolve({ kind: 'committed', counts: statements.map(() => 1) });
    },
    query: (statement) => Promise.resolve(answer(record([statement])[0]!)),
    run: (statement) => {
      record([statement]);
      return Promise.resolve();
    },
  };
}
