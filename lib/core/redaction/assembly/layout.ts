// Where everything lies in linear memory; fast-path.ts holds the same numbers.

/** Base64 texts of a chunk, joined. */
export const INPUT: usize = 0x1_0000;
/** Length of each text, i32. */
export const LENGTHS: usize = 0x6_0000;
/** Outcome and length of output of each record, i32 each. */
export const RESULTS: usize = 0x7_0000;
/** The record now read. */
export const RECORD: usize = 0x9_0000;
/** The record as redacted. */
export const REWRITTEN: usize = 0xd_0000;
export const REWRITTEN_END: usize = 0x17_0000;
/** Base64 texts that were made, joined. */
export const OUTPUT: usize = 0x18_0000;
export const OUTPUT_END: usize = 0x3c_0000;
/** Base64: value of each character (255: none), then character of each value. */
export const DECODING: usize = 0x3d_0000;
export const ENCODING: usize = 0x3d_0100;
/** Spans to be replaced: start, end, text, its length; u32 each. */
export const EDITS: usize = 0x3d_1000;
export const MOST_EDITS: i32 = 512;
/** Identifiers met: start, end, rule, whether escaped; u32 each. */
export const FOUND: usize = 0x3d_4000;
export const MOST_FOUND: i32 = 64;
/** Message that is hashed for a look-up; before that, a key without its escapes. */
export const MESSAGE: usize = 0x3d_5000;
export const MOST_MESSAGE: usize = 1024;
/** Marks that are appended, their comma first, up to and with the newline. */
export const MARKS: usize = 0x3d_6000;
/** The policy, as fast-policy.ts writes it. */
export const POLICY: usize = 0x3e_0000;
/** The suppression list's filter; to the end of memory. */
export const FILTER: usize = 0x3f_0000;
