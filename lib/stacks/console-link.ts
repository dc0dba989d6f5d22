import { Aws } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';

/** Where a person finds a function in the console. */
export function consoleLink(handler: IFunction): string {
  return `https://console.aws.amazon.com/lambda/home?region=${Aws.REGION}#/functions/${handler.functionName}`;
}
