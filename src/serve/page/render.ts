import { packageString } from "../../publish/package-string.ts";
import { usageSnippets } from "../../publish/snippets/usage-snippets.ts";
import { formatBytes } from "../../system/format-bytes.ts";
import { downloadUrl } from "../http/public-address.ts";
import type { CompleteImage } from "../image-repository.ts";
import { type Html, html } from "./html.ts";
import type { ListPage, TaggedImage } from "./list-images.ts";

/** The page of the images that have names. */
export function renderTags(list: ListPage<TaggedImage>, base: URL): string {
  const items = list.items.map(({ name, image }) => renderImage(image, base, name));
  const none = html`<p>No image has a name yet. Publish one with <code>golem-image publish FILE --to registry --tag USER/REPOSITORY:TAG</code>.</p>`;
  return renderPage("Repositories", "./", base, list, items, none);
}

/** The page of all images. */
export function renderImages(list: ListPage<CompleteImage>, base: URL): string {
  const items = list.items.map((image) => renderImage(image, base));
  const none = html`<p>There is no image yet. Publish one with <code>golem-image publish FILE --to registry</code>.</p>`;
  return renderPage("Images", "images", base, list, items, none);
}

function renderImage(image: CompleteImage, base: URL, tag?: string): Html {
  const url = downloadUrl(base, image.digest);
  const { hash, size, modified } = image;
  const published = modified.toISOString();
  const snippets = usageSnippets({ hash, url, ...(tag !== undefined && { tag }) });
  const details = snippets.map(
    ({ consumer, code }) =>
      html`<details><summary>${consumer}</summary><pre><code data-copy="the code for ${consumer}">${code}</code></pre></details>`,
  );
  return html`<article>
<h2><code data-copy="the name">${tag ?? hash}</code></h2>
<dl>
<dt>Hash</dt><dd><code data-copy="the hash">${hash}</code></dd>
<dt>Size</dt><dd>${formatBytes(size)} (${size} bytes)</dd>
<dt>Stored</dt><dd><time datetime="${published}">${published.slice(0, 16).replace("T", " ")} UTC</time></dd>
<dt>Package</dt><dd><code data-copy="the package">${packageString(hash, url)}</code></dd>
<dt>File</dt><dd><a href="download/${image.digest}">Download</a></dd>
</dl>
${details}
</article>
`;
}

function renderPage(
  title: string,
  path: string,
  base: URL,
  { number, pages, total }: ListPage<unknown>,
  items: readonly Html[],
  none: Html,
): string {
  const link = (page: number, text: string) =>
    page >= 1 && page <= pages ? html`<a href="${path}?page=${page}">${text}</a>` : html``;
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - ${base.host}</title>
<link rel="stylesheet" href="assets/style.css">
<script src="assets/copy.js" defer></script>
</head>
<body>
<header>
<h1>${title}</h1>
<nav><a href="./">Repositories</a><a href="images">Images</a></nav>
<p>Use this repository with <code data-copy="the address">REGISTRY_URL=${base.href.replace(/\/$/, "")}</code></p>
</header>
<main>
${items.length > 0 ? items : none}
</main>
<footer><nav>${link(number - 1, "Previous")}${link(number + 1, "Next")}</nav><p>Page ${number} of ${pages}, ${total} in all</p></footer>
</body>
</html>
`;
  return body.text;
}
