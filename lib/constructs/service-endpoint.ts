import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { type FunctionUrl, FunctionUrlAuthType, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** A function reached over HTTPS by callers that sign with their own role. */
export class ServiceEndpoint extends Construct {
  private readonly functionUrl: FunctionUrl;
  private readonly service: IFunction;

  constructor(scope: Construct, id: string, service: IFunction) {
    super(scope, id);
    this.service = service;
    this.functionUrl = service.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
  }

  /** Ends in a slash. */
  get url(): string {
    return this.functionUrl.url;
  }

  /**
   * Lets a role of this account call, through the URL alone.
   * Source: Lambda developer guide, "Control access to Lambda function URLs": both actions are asked
   * for since October 2025.
   */
  grantCall(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['lambda:InvokeFunctionUrl'],
      resourceArns: [this.service.functionArn],
      conditions: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
    }).combine(
      Grant.addToPrincipal({
        grantee,
        actions: ['lambda:InvokeFunction'],
        resourceArns: [this.service.functionArn],
        conditions: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
      }),
    );
  }
}
