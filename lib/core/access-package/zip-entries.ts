import { configure, ZipWriter } from '@zip.js/zip.js';

/** One file of a zip. */
export interface ZipEntry {
  name: string;
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

// Everything runs in this thread: workers would outlive a function's invocation.
configure({ useWebWorkers: false });

/**
 * Packs files into a zip as they come: no file and no zip is ever held whole, neither in memory nor
 * on disk. Files and zips beyond 4 GiB are written as Zip64.
 * @param date of all files, so that the same content gives the same zip
 */
export async function* zipEntries(
  entries: AsyncIterable<ZipEntry>,
  date: Date,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = new ZipWriter(writable, {
    lastModDate: date,
    extendedTimestamp: false,
    bufferedWrite: false,
  });
  const write = async () => {
    try {
      for await (const { name, chunks } of entries) {
        await writer.add(name, ReadableStream.from(chunks));
      }
      await writer.close();
    } catch (error) {
      await writable.abort(error).catch(() => undefined);
      throw error;
    }
  };
  const written = write();
  // Its failure reaches the reader through the stream; here it must only not count as unhandled.
  written.catch(() => undefined);
  yield* readable as AsyncIterable<Uint8Array>;
  await written;
}
