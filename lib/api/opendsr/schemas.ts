import * as z from 'zod';
import { callbackUrlFault, URL_FAULT_MESSAGES } from '../callbacks/url-guard.ts';

/** OpenDSR 2.0, section 5.1. */
const IDENTITY_TYPES = [
  'controller_customer_id',
  'android_advertising_id',
  'android_id',
  'email',
  'fire_advertising_id',
  'ios_advertising_id',
  'ios_vendor_id',
  'microsoft_advertising_id',
  'microsoft_publisher_id',
  'roku_publisher_id',
  'roku_advertising_id',
] as const;
export type IdentityType = (typeof IDENTITY_TYPES)[number];

/** Section 5.2. */
const IDENTITY_FORMATS = ['raw', 'sha1', 'md5', 'sha256'] as const;
/** Section 6.2. */
export const SUBJECT_REQUEST_TYPES = ['access', 'portability', 'erasure'] as const;
/** Section 8. */
const REQUEST_STATUSES = ['pending', 'in_progress', 'completed', 'cancelled'] as const;
export const API_VERSION = '2.0';

/** Section 1.1: lower case and version 4. */
export const requestId = z
  .string()
  .regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    'must be a UUID of version 4 in lower case',
  );

const instant = z.iso.datetime({ offset: true });

const callbackUrl = z.string().superRefine((url, context) => {
  const fault = callbackUrlFault(url);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: URL_FAULT_MESSAGES[fault] });
});

/** A value with control characters is no identity, and breaks whatever prints it. */
export const identityValue = z
  .string()
  .min(1)
  .max(1_000)
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'must not hold control characters');

/** What our own extension (under our processor domain) may hold. */
export const extensionSchema = z
  .strictObject({
    /** Identities by the data map's own identifiers. */
    identities: z
      .array(z.strictObject({ identifier: z.string().max(64), value: identityValue }))
      .max(50)
      .optional(),
    /** Language of notices to the data subject. */
    language: z.enum(['en', 'de', 'fr']).optional(),
    /** Whether the data subject gets notices by mail. @default when the agent does not vouch */
    notify: z.boolean().optional(),
  })
  .meta({ id: 'OpenDsrExtension' });

/** Section 7.1. Members that we do not know are passed over, as a later minor version may add some. */
export const requestSchema = z
  .object({
    regulation: z.enum(['gdpr', 'ccpa']),
    subject_request_id: requestId,
    subject_request_type: z.enum(SUBJECT_REQUEST_TYPES),
    submitted_time: instant,
    subject_identities: z
      .array(
        z.object({
          identity_type: z.enum(IDENTITY_TYPES),
          identity_value: identityValue,
          identity_format: z.enum(IDENTITY_FORMATS),
        }),
      )
      .max(50)
      .optional(),
    api_version: z
      .string()
      .regex(/^2(\.\d{1,3})?$/, 'must be 2.0')
      .optional(),
    status_callback_urls: z.array(callbackUrl).max(5).optional(),
    extensions: z.record(z.string().max(253), z.json()).optional(),
  })
  .meta({ id: 'OpenDsrRequest' });
export type OpenDsrRequest = z.infer<typeof requestSchema>;

export const createdSchema = z
  .object({
    controller_id: z.string(),
    expected_completion_time: instant,
    received_time: instant,
    encoded_request: z.base64(),
    subject_request_id: requestId,
  })
  .meta({ id: 'OpenDsrCreated' });

export const statusSchema = z
  .object({
    controller_id: z.string(),
    expected_completion_time: instant,
    subject_request_id: requestId,
    request_status: z.enum(REQUEST_STATUSES),
    api_version: z.literal(API_VERSION),
    results_url: z.url().optional(),
    results_count: z.int().optional(),
  })
  .meta({ id: 'OpenDsrStatus' });

/** Section 8.6: what is posted to every callback URL. */
export const callbackSchema = statusSchema
  .extend({ status_callback_url: z.url() })
  .meta({ id: 'OpenDsrCallback' });

export const cancelledSchema = z
  .object({
    controller_id: z.string(),
    subject_request_id: requestId,
    received_time: instant,
    api_version: z.literal(API_VERSION),
  })
  .meta({ id: 'OpenDsrCancelled' });

export const discoverySchema = z
  .object({
    api_version: z.literal(API_VERSION),
    supported_identities: z.array(
      z.object({
        identity_type: z.enum(IDENTITY_TYPES),
        identity_format: z.enum(IDENTITY_FORMATS),
      }),
    ),
    supported_subject_request_types: z.array(z.enum(SUBJECT_REQUEST_TYPES)),
    processor_certificate: z.url(),
  })
  .meta({ id: 'OpenDsrDiscovery' });
