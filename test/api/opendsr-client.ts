import { createPublicKey, verify, X509Certificate } from 'node:crypto';

/**
 * A controller's client, written from the OpenDSR 2.0 specification alone: it shares no code with
 * the processor that it calls.
 */
export class OpenDsrClient {
  readonly #baseUrl: string;
  readonly #domain: string;
  readonly #authentication: Record<string, string>;
  #certificate: X509Certificate | undefined;

  constructor(baseUrl: string, domain: string, authentication: Record<string, string>) {
    this.#baseUrl = baseUrl;
    this.#domain = domain;
    this.#authentication = authentication;
  }

  /** Section 6. */
  async discover(): Promise<Record<string, unknown>> {
    const reply = await fetch(`${this.#baseUrl}/discovery`);
    if (reply.status !== 200) throw new Error(`discovery: ${reply.status}`);
    return (await reply.json()) as Record<string, unknown>;
  }

  /** Section 7. */
  create(request: object): Promise<Record<string, unknown>> {
    return this.#call('POST', '/requests', 201, JSON.stringify(request));
  }

  /** Section 8. */
  status(id: string): Promise<Record<string, unknown>> {
    return this.#call('GET', `/requests/${id}`, 200);
  }

  /** Section 9. */
  cancel(id: string): Promise<Record<string, unknown>> {
    return this.#call('DELETE', `/requests/${id}`, 202);
  }

  async #call(
    method: string,
    path: string,
    expected: number,
    body?: string,
  ): Promise<Record<string, unknown>> {
    const reply = await fetch(this.#baseUrl + path, {
      method,
      headers: { 'Content-Type': 'application/json', ...this.#authentication },
      ...(body !== undefined && { body }),
    });
    const raw = Buffer.from(await reply.arrayBuffer());
    if (reply.status !== expected) throw new Error(`${method} ${path}: ${raw.toString()}`);
    await this.#verify(reply.headers, raw);
    return JSON.parse(raw.toString()) as Record<string, unknown>;
  }

  /** Section 4.2, 8.8: the header's domain is the one called, and its certificate's key has signed. */
  async #verify(headers: Headers, raw: Buffer): Promise<void> {
    if (headers.get('X-OpenDSR-Processor-Domain') !== this.#domain) throw new Error('wrong domain');
    this.#certificate ??= await this.#fetchCertificate();
    if (this.#certificate.checkHost(this.#domain) === undefined)
      throw new Error('not its certificate');
    const signature = Buffer.from(headers.get('X-OpenDSR-Signature') ?? '', 'base64');
    const key = createPublicKey(
      this.#certificate.publicKey.export({ type: 'spki', format: 'pem' }),
    );
    if (!verify('RSA-SHA256', raw, key, signature)) throw new Error('bad signature');
  }

  async #fetchCertificate(): Promise<X509Certificate> {
    const { processor_certificate: url } = await this.discover();
    return new X509Certificate(await (await fetch(String(url))).text());
  }
}
