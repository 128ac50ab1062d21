/** One value of a flag that buildah splits at commas, as a field of RFC 4180. */
export function commaSeparatedField(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
