import type { ThriftStruct } from '../thrift/thrift-value.ts';

export type TimeUnit = 'millis' | 'micros' | 'nanos';

/** What a column's values mean. Source: LogicalTypes.md of Apache Parquet. */
export type LogicalType =
  | { kind: 'none' | 'text' | 'uuid' | 'float16' | 'date' | 'bson' | 'interval' | 'opaque' }
  | { kind: 'integer'; signed: boolean }
  | { kind: 'decimal'; scale: number }
  | { kind: 'time' | 'timestamp'; unit: TimeUnit };

/** From the logical type, or from its older twin, the converted type. */
export function logicalTypeOf(element: ThriftStruct): LogicalType {
  const union = element.struct(10);
  return (union && ofUnion(union)) ?? ofConverted(element);
}

function ofUnion(union: ThriftStruct): LogicalType | undefined {
  // String, enum, JSON: text.
  if (union.has(1) || union.has(4) || union.has(12)) return { kind: 'text' };
  const decimal = union.struct(5);
  if (decimal) return { kind: 'decimal', scale: decimal.int(1) ?? 0 };
  if (union.has(6)) return { kind: 'date' };
  const time = union.struct(7);
  if (time) return withUnit('time', time);
  const timestamp = union.struct(8);
  if (timestamp) return withUnit('timestamp', timestamp);
  const integer = union.struct(10);
  if (integer) return { kind: 'integer', signed: integer.flag(2) ?? true };
  if (union.has(13)) return { kind: 'bson' };
  if (union.has(14)) return { kind: 'uuid' };
  if (union.has(15)) return { kind: 'float16' };
  if (union.has(11)) return { kind: 'none' };
  // Geometry, geography, and what may come.
  return union.fields.size > 0 ? { kind: 'opaque' } : undefined;
}

function withUnit(kind: 'time' | 'timestamp', struct: ThriftStruct): LogicalType {
  const unit = struct.struct(2);
  if (unit?.has(1) === true) return { kind, unit: 'millis' };
  if (unit?.has(2) === true) return { kind, unit: 'micros' };
  if (unit?.has(3) === true) return { kind, unit: 'nanos' };
  return { kind: 'opaque' };
}

function ofConverted(element: ThriftStruct): LogicalType {
  const converted = element.int(6);
  if (converted === undefined) return { kind: 'none' };
  if (converted === 0 || converted === 4 || converted === 19) return { kind: 'text' };
  if (converted === 5) return { kind: 'decimal', scale: element.int(7) ?? 0 };
  if (converted === 6) return { kind: 'date' };
  if (converted === 7) return { kind: 'time', unit: 'millis' };
  if (converted === 8) return { kind: 'time', unit: 'micros' };
  if (converted === 9) return { kind: 'timestamp', unit: 'millis' };
  if (converted === 10) return { kind: 'timestamp', unit: 'micros' };
  if (converted >= 11 && converted <= 14) return { kind: 'integer', signed: false };
  if (converted >= 15 && converted <= 18) return { kind: 'integer', signed: true };
  if (converted === 20) return { kind: 'bson' };
  if (converted === 21) return { kind: 'interval' };
  return { kind: 'opaque' };
}
