/** Fetches what a service has put aside for the engine: JSON Lines. */
export type FetchGathered = (location: string) => AsyncIterable<Uint8Array>;

/** A service's data by reference is not what it said. Holds none of it. */
export class GatheredDataError extends Error {
  override readonly name = 'GatheredDataError';
}

/** What a service has put aside can't be fetched now; it may be later. */
export class GatheredFetchError extends Error {
  override readonly name = 'GatheredFetchError';
}
