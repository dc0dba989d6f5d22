import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import {
  CfnConfigurationSetEventDestination,
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { ALARM_PERIOD, type AlarmTopic } from './alarm-topic.ts';
import type { CustomerKey } from './customer-key.ts';
import { NoticesTopic } from './notices-topic.ts';

export interface MailSenderProps {
  /** Sender of all mail. */
  readonly address: string;
  /** What SES is to verify; `existing`: its domain or address is verified already. */
  readonly identity: 'address' | 'domain' | 'existing';
  /** Encrypts what SES tells of mail that did not arrive. */
  readonly key: CustomerKey;
  readonly alarms: AlarmTopic;
}

/** Who data subjects get their mail from. */
export class MailSender extends Construct {
  readonly address: string;
  readonly configurationSetName: string;
  private readonly identities: readonly string[];

  constructor(scope: Construct, id: string, { address, identity, key, alarms }: MailSenderProps) {
    super(scope, id);
    this.address = address;
    const domain = address.slice(address.lastIndexOf('@') + 1);
    // SES asks leave for the identity that it sends by: the address if verified, or the domain.
    this.identities =
      identity === 'existing' ? [address, domain] : [identity === 'address' ? address : domain];

    const configuration = new ConfigurationSet(this, 'Configuration', {
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
      reputationMetrics: true,
    });
    this.configurationSetName = configuration.configurationSetName;
    this.tellOfTrouble(configuration, key, alarms);

    if (identity === 'existing') return;
    const made = new EmailIdentity(this, 'Identity', {
      identity: identity === 'domain' ? Identity.domain(domain) : Identity.email(address),
      configurationSet: configuration,
    });
    made.dkimRecords.forEach(({ name, value }, index) => {
      if (identity !== 'domain') return;
      new CfnOutput(this, `DkimRecord${index + 1}`, {
        description: `CNAME to set in the DNS of ${domain}, so that SES may send for it`,
        value: `${name} CNAME ${value}`,
      });
    });
  }

  /** Lets a function send mail, from this address alone. */
  grantSend(grantee: IGrantable): Grant {
    const arn = (resource: string, resourceName: string): string =>
      Stack.of(this).formatArn({ service: 'ses', resource, resourceName });
    return Grant.addToPrincipal({
      grantee,
      actions: ['ses:SendEmail'],
      resourceArns: [
        ...this.identities.map((identity) => arn('identity', identity)),
        arn('configuration-set', this.configurationSetName),
      ],
      conditions: { StringEquals: { 'ses:FromAddress': this.address } },
    });
  }

  /**
   * Mail that bounced or annoyed, to a topic of its own: SES writes the recipient's address into
   * these messages, which the topic of notices must never carry.
   */
  private tellOfTrouble(
    configuration: ConfigurationSet,
    key: CustomerKey,
    alarms: AlarmTopic,
  ): void {
    const trouble = new NoticesTopic(this, 'Trouble', {
      key,
      displayName: 'Mail that did not arrive: holds addresses of data subjects',
    });
    const leave = trouble.grantService('ses.amazonaws.com');
    const types = ['BOUNCE', 'COMPLAINT', 'REJECT', 'DELIVERY_DELAY'];
    const toTopic = new CfnConfigurationSetEventDestination(this, 'ToTopic', {
      configurationSetName: configuration.configurationSetName,
      eventDestination: {
        enabled: true,
        matchingEventTypes: types,
        snsDestination: { topicArn: trouble.topicArn },
      },
    });
    leave.applyBefore(toTopic);
    const dimension = 'ses:configuration-set';
    new CfnConfigurationSetEventDestination(this, 'ToMetrics', {
      configurationSetName: configuration.configurationSetName,
      eventDestination: {
        enabled: true,
        matchingEventTypes: types,
        cloudWatchDestination: {
          dimensionConfigurations: [
            {
              dimensionName: dimension,
              dimensionValueSource: 'messageTag',
              defaultDimensionValue: 'none',
            },
          ],
        },
      },
    });
    for (const metricName of ['Bounce', 'Complaint', 'Reject']) {
      alarms.watch(`Mail${metricName}`, {
        metric: new Metric({
          namespace: 'AWS/SES',
          metricName,
          statistic: 'Sum',
          dimensionsMap: { [dimension]: configuration.configurationSetName },
          period: ALARM_PERIOD,
        }),
        above: 0,
        meaning: `${metricName} of a mail to a data subject: the law wants them told; reach them another way (the topic of mail that did not arrive says who).`,
      });
    }
  }
}
