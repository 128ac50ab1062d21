import { html } from "../../../src/serve/page/html.ts";
import { renderTags } from "../../../src/serve/page/render.ts";

const image = {
  digest: "d".repeat(64),
  hash: "a".repeat(56),
  size: 10,
  chunkSize: 10,
  chunks: [],
  modified: new Date("2026-01-02T03:04:05Z"),
};

it("escapes all that is not HTML", () => {
  const nested = [html`<b>${"<i>"}</b>`];
  expect(html`<p title="${`"'&<>`}">${nested}</p>`.text).toBe(
    '<p title="&quot;&#39;&amp;&lt;&gt;"><b>&lt;i&gt;</b></p>',
  );
});

it("links to the pages before and behind, where there are some", () => {
  const items = [{ name: "alice/hello:1.0", image }];
  const base = new URL("https://images.example.org/");
  const second = renderTags({ items, number: 2, pages: 3, total: 120 }, base);
  expect(second).toContain('href="./?page=1"');
  expect(second).toContain('href="./?page=3"');
  const only = renderTags({ items, number: 1, pages: 1, total: 1 }, base);
  expect(only).not.toContain("?page=");
  expect(only).toContain(
    `hash:sha3:${image.hash}:https://images.example.org/download/${image.digest}`,
  );
});
