// Functions that a browser runs in a page, so they stand alone.

export const focusedText = () => document.activeElement?.textContent ?? "";

export const clipboardText = () => navigator.clipboard.readText();

export const structure = () =>
  [...document.querySelectorAll("body *")].map(({ tagName }) => tagName).join();

/** Elements whose text has too little contrast, and by how many pixels the page is too wide. */
export function unreadable() {
  const luminance = (color) => {
    const [red, green, blue] = color.match(/\d+(\.\d+)?/g).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const backgroundOf = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return color === "rgba(0, 0, 0, 0)" ? backgroundOf(element.parentElement) : color;
  };
  const faint = [];
  for (const element of document.querySelectorAll(
    "p, span, summary, button, code, pre, a, dt, dd, li, td, h2, strong",
  )) {
    // Of the picture, whose text lies on areas.
    if (element.closest("svg")) continue;
    const a = luminance(getComputedStyle(element).color);
    const b = luminance(backgroundOf(element));
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    // WCAG 2.2, 1.4.3.
    if (contrast < 4.5) faint.push(`${contrast.toFixed(1)}: ${element.textContent.slice(0, 40)}`);
  }
  return { faint, excess: document.documentElement.scrollWidth - innerWidth };
}

/** What a guest would do if its text became HTML. */
export function misbehave() {
  const script = document.createElement("script");
  script.textContent = "document.title = 'owned'";
  const image = document.createElement("img");
  image.src = "http://127.0.0.1:9/leak";
  document.body.append(script, image);
}
