import type { PackageSource } from './source.ts';

/** `data.json`: everything as the stores gave it, exactly; for machines and for moving elsewhere. */
export async function* writeJson(source: PackageSource): AsyncGenerator<string, void, undefined> {
  const { dsrId, type, receivedAt } = source;
  const request = { id: dsrId, type, received: new Date(receivedAt).toISOString() };
  yield `{"request":${JSON.stringify(request)},"stores":{`;
  let first = true;
  for await (const { store, records, ...about } of source.sections()) {
    yield `${first ? '' : ','}\n${JSON.stringify(store)}:{"about":${JSON.stringify(about)},"records":[`;
    first = false;
    let separator = '\n';
    for await (const record of records) {
      yield separator + JSON.stringify(record);
      separator = ',\n';
    }
    yield ']}';
  }
  yield '}}\n';
}
