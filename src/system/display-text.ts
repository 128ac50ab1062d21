const MAX_LENGTH = 80;

/** Text of a Dockerfile or image as it can stand in a message: on one line, printable, not endless. */
export function displayText(text: string): string {
  const short = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return escapeControls(short);
}

/** Control characters, which could change what a terminal shows, written as escapes. */
export function escapeControls(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}
