/** Events for the benchmarks; the same for the same seed. */
export type EventKind = 'narrow' | 'wide' | 'tricky';

/** A small linear congruential generator: enough to make events differ. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Base64 records, every other one of a subject who consents. */
export function makeEvents(kind: EventKind, count: number, seed = 42): string[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, index) =>
    Buffer.from(eventText(kind, index % 2 === 0, random)).toString('base64'),
  );
}

function eventText(kind: EventKind, consents: boolean, random: (below: number) => number): string {
  const two = (below: number): string => String(1 + random(below)).padStart(2, '0');
  const names = ['Gnoll', 'Kobold', 'Owlbear', 'Bugbear', 'Merrow', 'Wyvern', 'Ettin', 'Harpy'];
  const name = names[random(names.length)]!;
  const dob = `${1950 + random(60)}-${two(12)}-${two(28)}`;
  const ssn = String(100_000_000 + random(899_999_999));
  const time = `2021-01-${two(31)}T20:31:26.${100_000 + random(899_999)}`;
  const start = `{"name":"${name}","dob":"${dob}","gender":"${random(2) === 0 ? 'M' : 'F'}",`;
  const end = `"ssn_no":"${ssn}","data_share_consent":${consents},"evnt_time":"${time}"`;
  switch (kind) {
    case 'narrow':
      return `${start}${end}}`;
    case 'wide': {
      const more = Array.from({ length: 24 }, (_, index) =>
        index % 3 === 0
          ? `"measure_${index}":${random(1_000_000) / 100}`
          : `"attribute_${index}":"value ${random(1e9).toString(36)}"`,
      );
      const page = `"page":{"url":"https://example.com/shop/${random(1e6)}","tags":["a","b",${random(9)}]}`;
      return `${start}${more.join(',')},${page},${end}}`;
    }
    case 'tricky':
      return trickyText(random(4), `${start}${end}`, ssn);
  }
}

function trickyText(variant: number, plain: string, ssn: string): string {
  const quoted = JSON.stringify(`says "data_share_consent":true, é and \u{1d11e}, \\ and \n`);
  switch (variant) {
    case 0:
      return `${plain},"note":${quoted},"path":"C:\\\\temp\\u00e9"}`;
    case 1:
      return `${plain},"nested":{"a":[{"b":{"c":[1,2,{"d":${quoted}}]}}],"e":1.10e5}}`;
    case 2:
      return `${plain.replace('"ssn_no"', '"\\u0073sn_no"')},"note":${quoted}}`;
    default:
      return `${plain},"ssn_no":"${ssn}"}`;
  }
}
