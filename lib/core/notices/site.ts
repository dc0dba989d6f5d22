import { makeLink } from './subject-links.ts';

/** Where the subject's pages are, and who writes the notices. */
export interface Site {
  /** As the notices name the controller: "Example Ltd". */
  organisation: string;
  /** Where the API is reached: `https://dsr.example.com`. No slash at the end. */
  baseUrl: string;
  /** 32 bytes; keys the links. */
  linkKey: Uint8Array;
}

/** How long a status link of a notice lives after it was sent: beyond any period of the law. */
export const STATUS_LINK_LIFETIME = 200 * 24 * 60 * 60 * 1_000;

/** Confirms that the requester is the data subject. The token comes with the notice's facts. */
export function identityUrl(site: Site, dsrId: string, token: string): string {
  return `${site.baseUrl}/subject/verify/${dsrId}/${token}`;
}

export function statusUrl(site: Site, dsrId: string, expiresAt: number): string {
  return `${site.baseUrl}/subject/status/${makeLink(site.linkKey, 'status', dsrId, expiresAt)}`;
}

export function packageUrl(site: Site, dsrId: string, expiresAt: number): string {
  return `${site.baseUrl}/subject/package/${makeLink(site.linkKey, 'package', dsrId, expiresAt)}`;
}
