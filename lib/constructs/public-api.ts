import { Aws, Fn, Validations } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  type CfnRestApi,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { ALARM_PERIOD, type AlarmTopic } from './alarm-topic.ts';
import { OperationsLog } from './operations-log.ts';
import { type CustomDomain, servedUnder } from './custom-domain.ts';
import { logRole } from './api-log-role.ts';

export interface PublicApiProps {
  readonly description: string;
  /** Calls a second, and at once, of all callers together. */
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
  /** @default API Gateway's own name */
  readonly domain?: CustomDomain | undefined;
  /** A web ACL of the region, by its ARN. @default none */
  readonly webAclArn?: string | undefined;
  /** Networks from which `/admin` may be called. @default any */
  readonly adminCidrs: readonly string[];
  /** Whether this account lets API Gateway write logs already; it does so once for all APIs. */
  readonly accountLogs: 'existing' | 'set-up';
  readonly alarms: AlarmTopic;
  readonly logRetentionDays: number;
  readonly retain: boolean;
}

/** The policies of 2025 alone refuse old ciphers on API Gateway's own name too. */
const TLS = 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09';
const STAGE = 'v1';

/**
 * A REST API that hands every call to one function. Its log says how calls went and of nobody who
 * made them: no path (it may hold a link's secret), no address, no agent.
 */
export class PublicApi extends Construct {
  /** Its host name. Known before the function is. */
  readonly host: string;
  /** Where the API begins, without a slash at its end. */
  readonly baseUrl: string;
  readonly api: RestApi;
  private readonly props: PublicApiProps;

  constructor(scope: Construct, id: string, props: PublicApiProps) {
    super(scope, id);
    this.props = props;
    const { domain, throttle } = props;
    const log = new OperationsLog(this, 'AccessLog', {
      retentionDays: props.logRetentionDays,
      retain: props.retain,
    });
    this.api = new RestApi(this, 'Api', {
      description: props.description,
      endpointTypes: [EndpointType.REGIONAL],
      disableExecuteApiEndpoint: domain !== undefined,
      cloudWatchRole: false,
      // Signatures are over the very bytes that were sent; packages are no text either.
      binaryMediaTypes: ['*/*'],
      policy: resourcePolicy(props.adminCidrs),
      deployOptions: {
        stageName: STAGE,
        throttlingRateLimit: throttle.ratePerSecond,
        throttlingBurstLimit: throttle.burst,
        tracingEnabled: true,
        metricsEnabled: true,
        // Execution logs hold whole URLs, and with them the secrets of links.
        loggingLevel: MethodLoggingLevel.OFF,
        dataTraceEnabled: false,
        accessLogDestination: new LogGroupLogDestination(log),
        accessLogFormat: ACCESS_LOG,
      },
    });
    const resource = this.api.node.defaultChild as CfnRestApi;
    resource.securityPolicy = TLS;
    resource.endpointAccessMode = 'STRICT';
    if (props.accountLogs === 'set-up') {
      this.api.deploymentStage.node.addDependency(logRole(this, props.retain));
    }
    // Not the stage's own reference: the function knows this URL, and the stage the function.
    this.host = domain?.name ?? `${this.api.restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;
    this.baseUrl = `https://${this.host}${domain === undefined ? `/${STAGE}` : ''}`;
    if (domain !== undefined) servedUnder(this.api, domain);
    this.protect();
  }

  /** Has the function answer every call. */
  servedBy(handler: IFunction): void {
    const integration = new LambdaIntegration(handler, { allowTestInvoke: false });
    this.api.root.addMethod('ANY', integration);
    this.api.root.addProxy({ anyMethod: true, defaultIntegration: integration });
    // Added here, as the rules look at methods.
    for (const rule of ['AwsSolutions-APIG4', 'AwsSolutions-COG4']) {
      Validations.of(this.api).acknowledge({
        id: rule,
        reason:
          'Data subjects, agents and administrators share the API, and each proves itself another way (a one-time link, an API key, a token of the user pool): the function asks for it route by route, and tests of lib/api hold every route to that.',
      });
    }
    Validations.of(this.api).acknowledge({
      id: 'AwsSolutions-APIG2',
      reason:
        'The function parses every body, parameter and path strictly and answers in the form that OpenDSR prescribes; a validator of API Gateway could only refuse in a form of its own.',
    });
  }

  private protect(): void {
    const { webAclArn, alarms } = this.props;
    const stage = this.api.deploymentStage;
    if (webAclArn === undefined) {
      Validations.of(stage).acknowledge({
        id: 'AwsSolutions-APIG3',
        reason:
          'A web ACL is billed by rule and call and belongs to whoever runs the account: lethe:web-acl-arn puts one in front. Without it the stage throttles, and the function limits each caller.',
      });
    } else {
      new CfnWebACLAssociation(this, 'WebAcl', { resourceArn: stage.stageArn, webAclArn });
    }
    Validations.of(stage).acknowledge({
      id: 'AwsSolutions-APIG6',
      reason:
        'Execution logs hold URLs whole, and the links of data subjects carry their secret there. The access log says by route how each call went.',
    });
    alarms.watch('ApiServerErrors', {
      metric: this.api.metricServerError({ statistic: 'Sum', period: ALARM_PERIOD }),
      above: 0,
      meaning: 'The API answered with a fault of its own: see the log of handle-api.',
    });
    alarms.watch('ApiSlow', {
      metric: this.api.metricLatency({ statistic: 'p99', period: ALARM_PERIOD }),
      above: 10_000,
      evaluationPeriods: 3,
      meaning: 'One call in a hundred takes longer than 10 seconds; API Gateway ends it at 29.',
    });
  }
}

/** `resourcePath` is the route as it was deployed: `/{proxy+}`. */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    requestTime: AccessLogField.contextRequestTime(),
    httpMethod: AccessLogField.contextHttpMethod(),
    resourcePath: AccessLogField.contextResourcePath(),
    status: AccessLogField.contextStatus(),
    responseLength: AccessLogField.contextResponseLength(),
    responseLatency: AccessLogField.contextResponseLatency(),
    integrationLatency: AccessLogField.contextIntegrationLatency(),
    integrationStatus: AccessLogField.contextIntegrationStatus(),
    errorType: AccessLogField.contextErrorResponseType(),
    tlsVersion: '$context.tlsVersion',
  }),
);

/** Open to the world, as data subjects are; the administrators' part only to their networks. */
function resourcePolicy(adminCidrs: readonly string[]): PolicyDocument {
  const everybody = (effect: Effect, path: string, conditions?: Record<string, object>) =>
    new PolicyStatement({
      effect,
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      // Relative to the API that the policy is for.
      resources: [Fn.join('', ['execute-api:/', path])],
      ...(conditions === undefined ? {} : { conditions }),
    });
  const elsewhere = { NotIpAddress: { 'aws:SourceIp': adminCidrs } };
  return new PolicyDocument({
    statements: [
      everybody(Effect.ALLOW, '*'),
      ...(adminCidrs.length === 0
        ? []
        : ['*/*/admin', '*/*/admin/*'].map((path) => everybody(Effect.DENY, path, elsewhere))),
    ],
  });
}
