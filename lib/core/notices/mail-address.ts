/** A local part, an @ and a host name; what mail servers refuse beyond that they refuse themselves. */
const ADDRESS = /^[^\s@<>"(),;:\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/;

/** Whether a text is one plain mail address; nothing that a mail library could take for a list. */
export function isMailAddress(text: string): boolean {
  return ADDRESS.test(text);
}
