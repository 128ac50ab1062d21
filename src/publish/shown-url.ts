/**
 * A URL, or what was meant to be one, as it can stand in a message: who may see the message is not known, and
 * users, passwords, queries (as signed addresses have them) and fragments may be secret.
 */
export function shownUrl(text: string): string {
  return text
    .replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/?#]*@/i, "$1//***@")
    .replace(/\?.*$/s, "?***")
    .replace(/#.*$/s, "#***");
}
