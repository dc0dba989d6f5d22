import { wordsOf } from './tokens.ts';
import { PERSONS, TECHNICAL, THINGS, VOCABULARY } from './vocabulary.ts';

/**
 * Words that keys and columns are made of, beside those that tell a kind. Given names and surnames
 * that are words too (`mark`, `rose`, `may`) are left out on purpose.
 */
const PLAIN =
  'id ids identifier key value values data payload body record records entry entries list map array ' +
  'meta metadata attributes properties props params parameters context contexts details info options ' +
  'settings config preferences extra other custom raw old new previous current next first last middle ' +
  'full given family short main primary secondary default city town country state county region area ' +
  'district province continent gender sex age salutation title company organisation organization ' +
  'subject message text note notes comment comments description label kind level date day month year ' +
  'hour minute second start end begin from to at by in of on is has was will can url uri link path ' +
  'image photo picture avatar username user login password token session sid cookie consent share ' +
  'active enabled disabled deleted visible hidden valid verified confirmed source target origin ' +
  'destination balance salary income rate ratio percent tax discount unit units weight rating rank ' +
  'index row number position street city house floor door block stage phase step steps result results ' +
  'response answer question score points level total sum average min max mean items orders events ' +
  'users customers clients persons people contacts accounts account payments payment card cards ' +
  'bank owner author creator editor sender receiver to cc bcc reply content html format encoding size ' +
  'name names address addresses email emails phone phones evnt event events num order ' +
  'kundennr kunde nummer wert datum ort stadt land betrag menge bemerkung geschlecht alter titel ' +
  'firma ville pays montant sexe societe valeur fecha ciudad pais importe sexo empresa valor data ' +
  'citta paese importo sesso cidade plaats bedrag geslacht miasto kraj kwota';

const KNOWN: ReadonlySet<string> = new Set([
  ...VOCABULARY.flatMap(([, , phrases]) => phrases.split(/[, ]/)),
  ...PERSONS,
  ...THINGS,
  ...TECHNICAL,
  ...PLAIN.split(' '),
]);

/** `c1`, `f_17`: too short to name anyone. */
const CODE = /^[a-z]{0,2}[_-]?\d{0,3}$/i;

/**
 * Whether a key says by itself that it is one: all its words are words that keys are made of. What
 * is not known may be anything, a person's name included.
 */
export function isKnownKey(key: string): boolean {
  if (CODE.test(key)) return key !== '';
  const words = wordsOf(key);
  if (words.length === 0 || words.join('').length * 2 < key.length) return false;
  return words.every((word) => KNOWN.has(word)) || KNOWN.has(words.join(''));
}
