/**
 * How Firehose names its objects: prefix, time, stream name, version, time again, a random id.
 * Source: Amazon Data Firehose developer guide, custom prefixes for S3 objects.
 */

/** What failed, as `!{firehose:error-output-type}` puts it. */
type ErrorOutputType = 'processing-failed';

export interface ObjectNaming {
  streamName: string;
  /** May hold `!{timestamp:…}`; without any expression Firehose adds `YYYY/MM/dd/HH/`. */
  prefix: string;
  /** May hold `!{timestamp:…}` and `!{firehose:error-output-type}`. */
  errorPrefix: string;
  /** Such as `.jsonl`; error objects have none. */
  fileExtension: string;
}

/** An expression that this delivery stream does not know. */
class PrefixError extends Error {
  override readonly name = 'PrefixError';
}

const PARTS: Readonly<Record<string, [from: number, to: number]>> = {
  yyyy: [0, 4],
  MM: [5, 7],
  dd: [8, 10],
  HH: [11, 13],
  mm: [14, 16],
  ss: [17, 19],
};

/** A Java DateTimeFormatter pattern of those letters; anything else stands for itself. UTC. */
function formatTime(pattern: string, time: number): string {
  const iso = new Date(time).toISOString();
  return pattern.replace(/yyyy|MM|dd|HH|mm|ss/g, (part) => iso.slice(...PARTS[part]!));
}

function evaluate(prefix: string, time: number, errorType?: ErrorOutputType): string {
  if (!prefix.includes('!{')) return `${prefix}${formatTime('yyyy/MM/dd/HH/', time)}`;
  return prefix.replace(
    /!\{([^:}]*):([^}]*)\}/g,
    (expression, namespace: string, value: string) => {
      if (namespace === 'timestamp') return formatTime(value, time);
      if (namespace === 'firehose' && value === 'error-output-type' && errorType !== undefined) {
        return errorType;
      }
      throw new PrefixError(`the prefix "${prefix}" holds ${expression}, which is not known here`);
    },
  );
}

/** `time` is the arrival of the oldest record in the object, ms since the epoch. */
export function objectKey(
  { streamName, prefix, errorPrefix, fileExtension }: ObjectNaming,
  kind: 'data' | 'error',
  time: number,
  id: string,
): string {
  const name = `${streamName}-1-${formatTime('yyyy-MM-dd-HH-mm-ss', time)}-${id}`;
  return kind === 'data'
    ? `${evaluate(prefix, time)}${name}${fileExtension}`
    : `${evaluate(errorPrefix, time, 'processing-failed')}${name}`;
}
