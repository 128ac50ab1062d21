// Needs Chromium or Chrome, or the program that CHROMIUM names; skipped without.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { writeImage } from "../../publish/image-file.ts";
import { publishTo } from "../../publish/registry/support.ts";
import { useServer } from "../support.ts";

const PROGRAM = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path !== undefined && existsSync(path),
);

const server = useServer();

const inBrowser = PROGRAM ? describe : describe.skip;
inBrowser(PROGRAM ? "the page in Chromium" : "the page (Chromium is not installed)", () => {
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    // Without a sandbox, because tests run as root in containers; only our own page is opened.
    browser = await chromium.launch({
      ...(PROGRAM && { executablePath: PROGRAM }),
      args: ["--no-sandbox"],
    });
  });
  afterAll(async () => {
    await browser?.close();
  });
  afterEach(async () => {
    await context?.close();
  });

  /** A repository with a named image and one without a name. */
  async function publishTwo() {
    const token = await server.addUser("alice");
    const { url } = await server.start();
    const environment = { REGISTRY_URL: url, REGISTRY_USER: "alice", REGISTRY_TOKEN: token };
    const named = writeImage(join(server.directory, "a.gvmi"), Buffer.alloc(3_500_000, "a"));
    const other = writeImage(join(server.directory, "b.gvmi"), Buffer.alloc(70_000, "b"));
    await publishTo({ environment, tags: ["alice/hello:1.0"] }, named, {});
    await publishTo({ environment }, other, {});
    return { url, named, other };
  }

  async function open(url: string, options: { javaScriptEnabled?: boolean } = {}) {
    context = await browser.newContext({
      permissions: ["clipboard-read", "clipboard-write"],
      ...options,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(url);
    return { page, complaints };
  }

  const texts = (page: Page, selector: string) => page.locator(selector).allTextContents();

  it("shows names, hashes, sizes and code without JavaScript", async () => {
    const { url, named, other } = await publishTwo();
    const { page } = await open(url, { javaScriptEnabled: false });
    expect(await texts(page, "article h2")).toEqual(["alice/hello:1.0"]);
    const article = await page.locator("article").textContent();
    expect(article).toContain(named.hash);
    expect(article).toContain("3.3 MiB (3500000 bytes)");
    expect(await page.locator("button").count()).toBe(0);

    const code = page.locator("pre").first();
    expect(await code.isVisible()).toBe(false);
    await page.getByText("golem-js", { exact: true }).click();
    expect(await code.isVisible()).toBe(true);
    expect(await code.textContent()).toContain(named.hash);

    await page.getByRole("link", { name: "Images" }).click();
    expect(new Set(await texts(page, "article h2"))).toEqual(new Set([named.hash, other.hash]));
    const link = await page.getByRole("link", { name: "Download" }).first().getAttribute("href");
    expect((await fetch(new URL(link ?? "", page.url()))).status).toBe(200);
  });

  it("copies with a button, and breaks no rule of its own", async () => {
    const { url, named } = await publishTwo();
    const { page, complaints } = await open(url);
    await page.getByRole("button", { name: "Copy the hash" }).click();
    await page.getByText("Copied").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(named.hash);
    await page.getByText("yapapi", { exact: true }).click();
    await page.getByRole("button", { name: "Copy the code for yapapi" }).click();
    await page.getByText("Copied").nth(1).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toContain("image_hash=");
    expect(
      await page.evaluate("getComputedStyle(document.querySelector('article')).borderStyle"),
    ).toBe("solid");
    expect(complaints).toEqual([]);
  });

  it("runs nothing that is not its own", async () => {
    const { url } = await publishTwo();
    const { page, complaints } = await open(url);
    await page.evaluate(`
      const script = document.createElement("script");
      script.textContent = "document.title = 'changed'";
      document.body.append(script);
    `);
    expect(await page.title()).toContain("Repositories");
    expect(complaints.join()).toContain("Content Security Policy");
  });
});
