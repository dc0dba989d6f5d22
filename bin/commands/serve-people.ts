/** People to try things out with; the same in every folder. */
export const SAMPLE_PEOPLE = { seed: 1, from: 1, count: 20 };
