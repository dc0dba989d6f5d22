/** What the producer function answers; the published contract, to the space. */
export interface ProduceEventsAnswer {
  statusCode: number;
  /** JSON: `{"message": {"status": true, "record_count": 1168}}`. */
  body: string;
}

export function succeeded(recordCount: number): ProduceEventsAnswer {
  return {
    statusCode: 200,
    body: `{"message": {"status": true, "record_count": ${recordCount}}}`,
  };
}

/** `reason` is in our words or the service's code; records accepted before the failure are counted. */
export function failed(
  statusCode: number,
  reason: string,
  recordCount: number,
): ProduceEventsAnswer {
  return {
    statusCode,
    body: `{"message": {"status": false, "reason": ${JSON.stringify(reason)}, "record_count": ${recordCount}}}`,
  };
}

/** The HTTP status that says what a stream's refusal means to the caller. */
export function statusOf(code: string): number {
  if (code.includes('AccessDenied')) return 403;
  if (code === 'ResourceNotFoundException') return 404;
  if (code === 'ProvisionedThroughputExceededException' || code === 'LimitExceededException') {
    return 429;
  }
  return 503;
}
