/** How a service that speaks our protocol is reached; see lib/core/services/protocol.ts. */
export type ServiceRoute =
  /** The protocol's calls as payload of a function ({@link LambdaCall}). */
  | { readonly kind: 'lambda'; readonly functionArn: string }
  /** HTTPS, signed with the caller's role: a function URL, or an API with IAM. */
  | {
      readonly kind: 'sigv4';
      /** Everything before `/dsr`. */
      readonly url: string;
      /** Whose endpoint it is: `lambda`, `execute-api`, `vpc-lattice-svcs`. */
      readonly service: string;
      readonly region: string;
    }
  /** HTTPS with a bearer token that a secret holds. */
  | { readonly kind: 'token'; readonly url: string; readonly secretArn: string };

/** A service, with the stores of the data map that it serves. */
export interface RoutedService {
  readonly stores: readonly string[];
  readonly route: ServiceRoute;
}
