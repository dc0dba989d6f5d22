import * as z from 'zod';

const host = z
  .string()
  .max(253)
  .regex(
    /^(?=.*\.)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
    'must be a host name in lower case',
  );

/** Who we are to data subjects and controllers, and where they reach us. */
export const siteSettings = z.strictObject({
  /** As the notices name the controller: "Example Ltd". */
  organisation: z.string().trim().min(1).max(100),
  /** Where the API begins, with the stage if there is one: `https://dsr.example.com/v1`. */
  baseUrl: z
    .string()
    .max(300)
    .regex(/^https:\/\/[^\s?#@]+[^\s?#@/]$/, 'must begin with https:// and not end in a slash')
    .refine((text) => URL.canParse(text), 'must be a URL'),
  /** OpenDSR's processor domain, for which the certificate is. @default the host of baseUrl */
  domain: host.optional(),
});
