/**
 * How long a client of Amazon S3 waits, in ms. A connection may be lost without either end being told,
 * and would be waited for until a function's time is over, or for ever on a command line. S3 sends
 * something every now and then even while it completes a large upload (CompleteMultipartUpload in its
 * API reference), and whoever reads pauses for as long as a part is sent again, which is shorter.
 */
export const S3_CONNECTION = { connectionTimeout: 5_000, socketTimeout: 120_000 };
