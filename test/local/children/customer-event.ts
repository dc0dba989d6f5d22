/** The event of a number: two in three do not consent, one in seventeen is cut off half-way. */
export interface NumberedEvent {
  text: string;
  ssn: string;
  kind: 'consenting' | 'unconsenting' | 'malformed';
}

export function customerEvent(id: number): NumberedEvent {
  const ssn = String(100_000_000 + ((id * 7919) % 899_999_999));
  const consents = id % 3 === 0;
  const text = `{"name":"evt-${id}","dob":"1980-01-02","gender":"F","ssn_no":"${ssn}","data_share_consent":${consents},"evnt_time":"2026-11-21T06:00:00.000000"}`;
  if (id % 17 === 0) return { text: text.slice(0, 60), ssn, kind: 'malformed' };
  return { text, ssn, kind: consents ? 'consenting' : 'unconsenting' };
}
