/**
 * A file's mode as Go's `FileMode` prints it, which is what container-structure-test compares: the letters of all
 * that it is, or `-`, and then nine for the permissions, which setuid and the sticky bit do not change.
 *
 * @param mode with the type, as `st_mode` has it
 * @see https://pkg.go.dev/io/fs#FileMode
 */
export function goFileMode(mode: number): string {
  const letters = [...typeLetters(mode & 0o170000)];
  const specials = [
    mode & 0o4000 ? "u" : "",
    mode & 0o2000 ? "g" : "",
    letters.includes("c") ? "c" : "",
    mode & 0o1000 ? "t" : "",
  ].join("");
  const prefix = letters.filter((letter) => letter !== "c").join("") + specials;
  return `${prefix === "" ? "-" : prefix}${permissionLetters(mode)}`;
}

function typeLetters(type: number): string {
  switch (type) {
    case 0o040000:
      return "d";
    case 0o120000:
      return "L";
    case 0o060000:
      return "D";
    case 0o020000:
      return "Dc";
    case 0o010000:
      return "p";
    case 0o140000:
      return "S";
    default:
      return "";
  }
}

function permissionLetters(mode: number): string {
  return [..."rwxrwxrwx"]
    .map((letter, index) => ((mode >> (8 - index)) & 1 ? letter : "-"))
    .join("");
}
