/** Something of the warehouse that carries tags. */
export interface TaggedResource {
  readonly kind: 'cluster' | 'namespace' | 'workgroup' | 'snapshot';
  readonly name: string;
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The warehouse and its snapshots, as inventories and bills see them. */
export interface TaggedResources {
  /** The warehouse first, then its snapshots; nothing where there is no such warehouse. */
  list(): AsyncIterable<TaggedResource>;
  /** Sets these tags and leaves others alone. Twice is once. */
  tag(arn: string, tags: Readonly<Record<string, string>>): Promise<'done' | 'missing'>;
}
