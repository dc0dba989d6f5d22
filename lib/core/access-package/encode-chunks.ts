/** About this many characters make one chunk. */
const CHUNK = 32 * 1024;

/** Gathers small pieces of text into chunks of UTF-8, so that what follows is not called per piece. */
export async function* encodeChunks(
  pieces: AsyncIterable<string>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  const encoder = new TextEncoder();
  let buffered = '';
  for await (const piece of pieces) {
    buffered += piece;
    if (buffered.length >= CHUNK) {
      yield encoder.encode(buffered);
      buffered = '';
    }
  }
  if (buffered !== '') yield encoder.encode(buffered);
}
