import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  OAuthScope,
  StandardThreatProtectionMode,
  UserPool,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';

export interface AdministratorsProps {
  /** Whether the people must outlive the stack. */
  readonly retain: boolean;
  /** The groups that are roles, with what each may do. */
  readonly groups: Readonly<Record<string, string>>;
  /** Origins of the dashboard, where a login returns to. @default no login page */
  readonly origins: readonly string[];
}

/** A pool with its app clients, as the API verifies tokens. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly clientIds: string[];
}

/**
 * Who may steer requests: invited one by one, with a second factor. Nobody signs up by themselves,
 * and a role is a group, so a new person may do nothing yet.
 */
export class Administrators extends Construct {
  readonly tokens: TokenIssuer;
  readonly pool: UserPool;

  constructor(scope: Construct, id: string, { retain, groups, origins }: AdministratorsProps) {
    super(scope, id);
    this.pool = new UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      accountRecovery: AccountRecovery.NONE,
      mfa: Mfa.REQUIRED,
      // A text message can be taken over with the number.
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 14,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        passwordHistorySize: 5,
        tempPasswordValidity: Duration.days(1),
      },
      featurePlan: FeaturePlan.PLUS,
      standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
      deletionProtection: retain,
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const client = this.pool.addClient('Dashboard', {
      generateSecret: false,
      authFlows: { userSrp: true },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
      ...(origins.length === 0
        ? { disableOAuth: true }
        : {
            oAuth: {
              flows: { authorizationCodeGrant: true },
              scopes: [OAuthScope.OPENID],
              callbackUrls: origins.map((origin) => `${origin}/`),
              logoutUrls: origins.map((origin) => `${origin}/`),
            },
          }),
    });
    for (const [groupName, description] of Object.entries(groups)) {
      new CfnUserPoolGroup(this, `Group-${groupName}`, {
        userPoolId: this.pool.userPoolId,
        groupName,
        description,
      });
    }
    this.tokens = {
      issuer: issuerOf(this.pool.userPoolId),
      clientIds: [client.userPoolClientId],
    };
  }
}

/** Source: Amazon Cognito developer guide, "Verifying JSON web tokens". */
export function issuerOf(userPoolId: string): string {
  return `https://cognito-idp.${Aws.REGION}.${Aws.URL_SUFFIX}/${userPoolId}`;
}
