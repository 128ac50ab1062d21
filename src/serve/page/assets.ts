/** The page's style sheet. */
export const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; }
header { border-bottom: 1px solid #8888; margin-bottom: 1rem; }
nav a { margin-right: 1rem; }
article { border: 1px solid #8888; border-radius: .5rem; margin: 1rem 0; padding: .5rem 1rem; }
h2 { font-size: 1.2rem; margin: .25rem 0; }
dl { display: grid; gap: .1rem 1rem; grid-template-columns: max-content 1fr; margin: .5rem 0; }
dt { opacity: .75; }
dd { margin: 0; min-width: 0; }
code { font: .85rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { background: #8881; border-radius: .25rem; overflow-x: auto; padding: .5rem; }
button { font-size: .75rem; margin-left: .5rem; }
`;

/** Adds a button to all that is worth copying. Without it, the page lacks nothing else. */
export const SCRIPT = `"use strict";
async function copy(element) {
  const text = element.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers give the clipboard to encrypted pages only.
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    if (!document.execCommand("copy")) throw new Error("not copied");
    selection.removeAllRanges();
  }
}
for (const element of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy " + element.dataset.copy);
  button.addEventListener("click", async () => {
    try {
      await copy(element);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select the text to copy it";
    }
  });
  element.after(button);
}
`;
