import type { IncomingHttpHeaders } from 'node:http';
import type { AwsCall } from './aws-stand-in.ts';
import { ACCOUNT, REGION, type DeployedStacks } from './intrinsics.ts';
import type { AccessRequest } from './policy-evaluator.ts';

/** What Amazon S3 answers; the body is XML, or an object's bytes. */
export interface S3Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A request of S3's REST protocol, with the bucket in the path. */
export function readS3Request(
  method: string,
  url: string,
  headers: IncomingHttpHeaders,
  body: string,
): { operation: string; input: Record<string, unknown> } {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const [, bucket = '', ...rest] = pathname.split('/').map(decodeURIComponent);
  const query = Object.fromEntries(searchParams);
  const conditions = {
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    tags: headers['x-amz-tagging'],
    range: headers.range,
  };
  return {
    operation: operationOf(method, query, headers),
    input: { Bucket: bucket, Key: rest.join('/'), ...query, ...conditions, Body: body },
  };
}

function operationOf(
  method: string,
  query: Readonly<Record<string, string>>,
  headers: IncomingHttpHeaders,
): string {
  if ('tagging' in query) return `${method === 'GET' ? 'Get' : 'Put'}ObjectTagging`;
  if ('versions' in query) return 'ListObjectVersions';
  if ('list-type' in query) return 'ListObjectsV2';
  if ('uploads' in query) return 'CreateMultipartUpload';
  if ('legal-hold' in query) return 'GetObjectLegalHold';
  if ('retention' in query) return 'GetObjectRetention';
  if ('uploadId' in query) {
    const byMethod: Record<string, string> = {
      PUT: 'UploadPart',
      POST: 'CompleteMultipartUpload',
      DELETE: 'AbortMultipartUpload',
    };
    return byMethod[method] ?? 'ListParts';
  }
  if (headers['x-amz-copy-source'] !== undefined) return 'CopyObject';
  const byMethod: Record<string, string> = {
    GET: 'GetObject',
    HEAD: 'HeadObject',
    PUT: 'PutObject',
    DELETE: 'DeleteObject',
  };
  const operation = byMethod[method];
  if (operation === undefined)
    throw new Error(`Teach s3-protocol.ts ${method} with ${Object.keys(query).join()}`);
  return operation;
}

/** Actions of operations that are not named as their operation. */
const ACTIONS: Readonly<Record<string, string>> = {
  ListObjectVersions: 's3:ListBucketVersions',
  ListObjectsV2: 's3:ListBucket',
  HeadObject: 's3:GetObject',
  CreateMultipartUpload: 's3:PutObject',
  UploadPart: 's3:PutObject',
  CompleteMultipartUpload: 's3:PutObject',
};
/** Actions that are others where the call names a version. */
const OF_A_VERSION: Readonly<Record<string, string>> = {
  's3:GetObject': 's3:GetObjectVersion',
  's3:GetObjectTagging': 's3:GetObjectVersionTagging',
  's3:DeleteObject': 's3:DeleteObjectVersion',
};
const READS = ['GetObject', 'HeadObject', 'CopyObject'];
const WRITES = ['PutObject', 'CopyObject', 'CreateMultipartUpload', 'UploadPart'];

/**
 * What IAM would be asked. Sources: Service Authorization Reference, Amazon S3; S3 user guide,
 * "Required permissions for Amazon S3 API operations" and "S3 Bucket Keys", on encryption contexts.
 */
export function s3AccessRequests(
  deployed: DeployedStacks,
  { operation, input, status }: AwsCall,
): AccessRequest[] {
  const bucketArn = `arn:aws:s3:::${String(input['Bucket'])}`;
  const plain = ACTIONS[operation] ?? `s3:${operation}`;
  const ofVersion = input['versionId'] === undefined ? undefined : OF_A_VERSION[plain];
  const resource = plain.includes(':ListBucket')
    ? bucketArn
    : `${bucketArn}/${String(input['Key'])}`;
  const requests: AccessRequest[] = [{ action: ofVersion ?? plain, resource, context: {} }];
  if (input['tags'] !== undefined) {
    requests.push({ action: 's3:PutObjectTagging', resource, context: {} });
  }
  // S3 says 404 to who may list the bucket, and 403 to others. Source: API reference, GetObject.
  if (status === 404 && READS.includes(operation)) {
    requests.push({ action: 's3:ListBucket', resource: bucketArn, context: {} });
  }
  const keyArn = keyOf(deployed, bucketArn);
  if (keyArn === undefined) return requests;
  const context = {
    'kms:ViaService': `s3.${REGION}.amazonaws.com`,
    'kms:EncryptionContext:aws:s3:arn': bucketArn,
  };
  if (READS.includes(operation)) {
    requests.push({ action: 'kms:Decrypt', resource: keyArn, context });
  }
  if (WRITES.includes(operation)) {
    requests.push({ action: 'kms:GenerateDataKey', resource: keyArn, context });
  }
  return requests;
}

function keyOf(deployed: DeployedStacks, bucketArn: string): string | undefined {
  const bucket = deployed.resourcesOf('AWS::S3::Bucket').find((found) => found.arn() === bucketArn);
  if (bucket === undefined) throw new Error(`No stack of account ${ACCOUNT} has ${bucketArn}`);
  const { BucketEncryption } = bucket.properties as {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: {
        ServerSideEncryptionByDefault: { KMSMasterKeyID?: string };
      }[];
    };
  };
  return BucketEncryption.ServerSideEncryptionConfiguration[0]?.ServerSideEncryptionByDefault
    .KMSMasterKeyID;
}
