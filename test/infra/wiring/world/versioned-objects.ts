import { createHash } from 'node:crypto';
import type { Answers } from '../aws-stand-in.ts';
import type { S3Answer } from '../s3-protocol.ts';

interface Version {
  readonly versionId: string;
  readonly etag: string;
  readonly body: string;
  readonly lastModified: number;
}

type Input = Readonly<Record<string, unknown>>;

/** S3 with versions and conditions, as far as our functions need it. A body's signs are bytes. */
export class VersionedObjects {
  /** By bucket and key, newest first. */
  private readonly objects = new Map<string, Version[]>();
  private made = 0;
  private readonly tagged: ReadonlySet<string>;
  private readonly now: () => number;
  private readonly sizes = new Map<string, number>();

  /**
   * @param tagged buckets whose objects have a tag @default none
   * @param now the time at which objects come, ms @default long ago
   */
  constructor(
    tagged: readonly string[] = [],
    now: () => number = () => Date.parse('2026-01-31T12:00:00.000Z'),
  ) {
    this.tagged = new Set(tagged);
    this.now = now;
  }

  put(bucket: string, key: string, body: string): Version {
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const version = { versionId: `v${++this.made}`, etag, body, lastModified: this.now() };
    const name = `${bucket}/${key}`;
    this.objects.set(name, [version, ...(this.objects.get(name) ?? [])]);
    return version;
  }

  /** Keys in a bucket that have a version. */
  keys(bucket: string): string[] {
    return this.names(bucket)
      .filter((name) => this.objects.get(name)!.length > 0)
      .map((name) => name.slice(bucket.length + 1));
  }

  /** Every version of a bucket, as text. */
  all(bucket: string): string[] {
    return this.names(bucket).flatMap((name) =>
      this.objects.get(name)!.map(({ body }) => `${name.slice(bucket.length + 1)}: ${body}`),
    );
  }

  /** Lists an object as if it were of another size. */
  pretend(bucket: string, key: string, size: number): void {
    this.sizes.set(`${bucket}/${key}`, size);
  }

  /** Takes all versions away, as nobody's role may. */
  remove(bucket: string, key: string): void {
    this.objects.delete(`${bucket}/${key}`);
  }

  text(bucket: string, key: string): string | undefined {
    return this.objects.get(`${bucket}/${key}`)?.[0]?.body;
  }

  readonly answers: Answers = {
    's3:GetObject': (input) => this.get(input),
    's3:GetObjectTagging': () => ({
      body: '<Tagging><TagSet><Tag><Key>owner</Key><Value>data</Value></Tag></TagSet></Tagging>',
    }),
    's3:PutObject': ({ Bucket, Key, ifMatch, ifNoneMatch, Body }): S3Answer => {
      const current = this.objects.get(`${String(Bucket)}/${String(Key)}`)?.[0];
      const isMet = ifMatch === undefined || current?.etag === ifMatch;
      if (!isMet || (ifNoneMatch !== undefined && current !== undefined)) return REFUSED;
      const { etag, versionId } = this.put(String(Bucket), String(Key), String(Body));
      return { headers: { etag, 'x-amz-version-id': versionId } };
    },
    's3:DeleteObject': ({ Bucket, Key, versionId }): S3Answer => {
      const name = `${String(Bucket)}/${String(Key)}`;
      const left = (this.objects.get(name) ?? []).filter((one) => one.versionId !== versionId);
      this.objects.set(name, left);
      return { status: 204 };
    },
    's3:ListObjectVersions': ({ Bucket, prefix = '' }): S3Answer => {
      const entries = this.names(String(Bucket))
        .filter((name) => name.startsWith(`${String(Bucket)}/${String(prefix)}`))
        .flatMap((name) =>
          this.objects
            .get(name)!
            .map(
              ({ versionId, etag, body, lastModified }, at) =>
                `<Version><Key>${encodeURIComponent(name.slice(String(Bucket).length + 1))}</Key><VersionId>${versionId}</VersionId><IsLatest>${at === 0}</IsLatest><LastModified>${new Date(lastModified).toISOString()}</LastModified><ETag>${etag.replaceAll('"', '&quot;')}</ETag><Size>${this.sizes.get(name) ?? body.length}</Size></Version>`,
            ),
        );
      return {
        headers: { 'content-type': 'application/xml' },
        body: `<?xml version="1.0"?><ListVersionsResult><IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>${entries.join('')}</ListVersionsResult>`,
      };
    },
  };

  private get({ Bucket, Key, versionId, range }: Input): S3Answer {
    const versions = this.objects.get(`${String(Bucket)}/${String(Key)}`) ?? [];
    const found =
      versionId === undefined ? versions[0] : versions.find((one) => one.versionId === versionId);
    if (found === undefined) return MISSING;
    const { etag, body } = found;
    const headers = {
      etag,
      'x-amz-version-id': found.versionId,
      ...(this.tagged.has(String(Bucket)) ? { 'x-amz-tagging-count': '1' } : {}),
    };
    if (typeof range !== 'string') return { headers, body };
    const [, from = '0', to = '0'] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const part = body.slice(Number(from), Number(to) + 1);
    return {
      status: 206,
      headers: { ...headers, 'content-range': `bytes ${from}-${to}/${body.length}` },
      body: part,
    };
  }

  private names(bucket: string): string[] {
    return [...this.objects.keys()].filter((name) => name.startsWith(`${bucket}/`)).sort();
  }
}

const MISSING: S3Answer = { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' };
const REFUSED: S3Answer = { status: 412, body: '<Error><Code>PreconditionFailed</Code></Error>' };
