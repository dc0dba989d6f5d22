/** A record as a store gave it: any JSON object. */
export type PersonalRecord = Readonly<Record<string, unknown>>;

/** One store's part of the package. */
export interface Section {
  /** The store's name in the data map; also the name of its CSV file. */
  store: string;
  description: string;
  /** Why the data is processed, how long it is kept, who answers for it: GDPR Art. 15(1). */
  legalBasis: string;
  retentionDays: number;
  owner: string;
  records: AsyncIterable<PersonalRecord>;
}

/** Everything that goes into a package. */
export interface PackageSource {
  dsrId: string;
  type: string;
  /** Ms since the epoch; also the date of the files in the zip, so that twice gives the same zip. */
  receivedAt: number;
  /** Reads all sections, one after another, from the start each time it is called. */
  sections: () => AsyncIterable<Section>;
}
