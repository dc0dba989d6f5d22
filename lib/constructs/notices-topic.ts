import { Aws } from 'aws-cdk-lib';
import { Grant, type IGrantable, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic, type TopicProps } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { CustomerKey } from './customer-key.ts';

export interface NoticesTopicProps extends TopicProps {
  /** Encrypts every message. */
  readonly key: CustomerKey;
  /** Who gets them by mail. @default nobody: subscribe later */
  readonly email?: string | undefined;
}

/** A topic for systems and people of the house: encrypted, over TLS alone. */
export class NoticesTopic extends Topic {
  private readonly key: CustomerKey;

  constructor(scope: Construct, id: string, { key, email, ...props }: NoticesTopicProps) {
    super(scope, id, { masterKey: key, enforceSSL: true, ...props });
    this.key = key;
    if (email !== undefined) this.addSubscription(new EmailSubscription(email));
  }

  /**
   * Lets a function publish.
   * Source: SNS developer guide, "Managing Amazon SNS encryption keys and costs".
   */
  grantSend(grantee: IGrantable): Grant {
    this.key.grantThrough(grantee, {
      service: 'sns',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      context: { 'aws:sns:topicArn': [this.topicArn] },
    });
    return Grant.addToPrincipal({
      grantee,
      actions: ['sns:Publish'],
      resourceArns: [this.topicArn],
    });
  }

  /** Lets a service of AWS publish for this account, such as `ses.amazonaws.com`. */
  grantService(service: string): Grant {
    return this.grantPublish(
      new ServicePrincipal(service, {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
  }
}
