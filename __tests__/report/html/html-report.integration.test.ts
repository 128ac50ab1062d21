// Needs Chromium (Debian's package), which opens reports from the disk as a reader does.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { TestImageResult } from "../../../src/pipeline/profile-result.ts";
import { formatHtml } from "../../../src/report/html/format-html.ts";
import { HOSTILE_TEXTS } from "../../lint/findings.ts";
import { imageResult, profileResult, testResult } from "../../support/profile-result.ts";
import { resultWithText, richResult, sizeTree } from "../rich-result.ts";
// @ts-expect-error: plain JavaScript, which the browser runs
import { clipboardText, focusedText, misbehave, structure, unreadable } from "./in-page.mjs";

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
const DESKTOP = { width: 1200, height: 900 };
const PHONE = { width: 360, height: 740 };

let directory: string;
let browser: Browser;
let context: BrowserContext;
/** What pages asked for apart from themselves, and what went wrong in them. */
let requests: string[];
let problems: string[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "gi-html-"));
  browser = await chromium.launch({
    executablePath: EXECUTABLE,
    // Its sandbox needs rights that root of a container lacks.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
});
afterAll(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true });
});

beforeEach(async () => {
  requests = [];
  problems = [];
  context = await browser.newContext({ viewport: DESKTOP, colorScheme: "light" });
});
afterEach(() => context.close());

async function open(result: TestImageResult, hash = "", size = sizeTree): Promise<Page> {
  const file = join(directory, "report.html");
  writeFileSync(file, formatHtml(result, { version: "1.2.3", size }));
  const page = await context.newPage();
  const url = pathToFileURL(file).href;
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) requests.push(request.url());
  });
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  await page.goto(url + hash);
  return page;
}

const shown = (page: Page) => page.locator(".test:visible > summary > span:nth-child(2)");
const opened = (page: Page) => page.locator(".test[open] > summary > span:nth-child(2)");

test("a reader sees the verdicts, and of failures why, what was printed, and how to repeat them", async () => {
  const page = await open(richResult());
  expect(await page.title()).toBe("✗ image.gvmi");
  expect(await page.locator(".banner strong").textContent()).toBe(
    "2 of 6 tests failed, 1 flaky, 1 not run",
  );
  expect(await opened(page).allInnerTexts()).toEqual([
    "ENV reaches commands",
    "the VM boots and lives",
  ]);
  const failed = page.locator(".test", { hasText: "ENV reaches commands" });
  const text = await failed.textContent();
  expect(text).toContain("envVars: FOO is not set, expected bar");
  expect(text).toContain("On Golem: A Golem VM does not get the image's ENV.");
  expect(text).toContain("PATH=/usr/bin:/bin\nHOME=/root");
  expect(text).toContain("golem-image test image.gvmi --profile v0.5 --only starts");
  expect({ requests, problems }).toEqual({ requests: [], problems: [] });
});

test("filters, search and the button that opens all work together", async () => {
  const page = await open(richResult());
  await page.getByRole("button", { name: "Flaky 1" }).click();
  expect(await shown(page).allInnerTexts()).toEqual(["talks to the database"]);
  expect(await page.getByRole("status").textContent()).toBe("1 of 6 shown");
  await page.getByRole("button", { name: "All 6" }).click();
  await page.getByRole("searchbox").fill("the VM");
  expect(await shown(page).allInnerTexts()).toEqual(["the VM boots and lives"]);
  await page.getByRole("searchbox").fill("");
  await page.getByRole("button", { name: "Open or close all" }).click();
  expect(await opened(page).count()).toBe(6);
  await page.getByRole("button", { name: "Open or close all" }).click();
  expect(await opened(page).count()).toBe(0);
  await page.locator(".test", { hasText: "talks to the database" }).locator("summary").click();
  expect(await opened(page).allInnerTexts()).toEqual(["talks to the database"]);
  expect(problems).toEqual([]);
});

test("all of it can be done by keyboard", async () => {
  const page = await open(richResult());
  const focused = () => page.evaluate<string>(focusedText);
  await page.keyboard.press("j");
  expect(await focused()).toContain("starts the service");
  await page.keyboard.press("Enter");
  expect(await opened(page).first().textContent()).toBe("starts the service");
  await page.keyboard.press("j");
  expect(await focused()).toContain("ENV reaches commands");
  await page.keyboard.press("k");
  expect(await focused()).toContain("starts the service");
  await page.keyboard.press("f");
  expect(await shown(page).count()).toBe(2);
  await page.keyboard.press("/");
  await page.keyboard.type("jek");
  expect(await page.getByRole("searchbox").inputValue()).toBe("jek");
  expect(await shown(page).count()).toBe(0);
  await page.keyboard.press("Escape");
  expect(await shown(page).count()).toBe(2);
});

test("the timeline leads to tests, in the picture and in its table", async () => {
  const page = await open(richResult());
  await page.getByRole("button", { name: "Passed 2" }).click();
  await page.locator("svg.plot a[href='#test-0-2'] rect").click();
  const flaky = page.locator("#test-0-2");
  expect(await flaky.isVisible()).toBe(true);
  expect(await flaky.getAttribute("open")).not.toBeNull();
  await page.getByText("Timeline as a table").click();
  expect(
    await page.locator("tr", { hasText: "kernel, guest agent" }).locator("td").allInnerTexts(),
  ).toEqual(["– kernel, guest agent and first volume", "450 ms", "3.5 s"]);
  await page.locator("table a", { hasText: "starts the service" }).click();
  expect(await page.locator("#test-0-0").getAttribute("open")).not.toBeNull();
});

test("an address with a test's place opens that test", async () => {
  const page = await open(richResult(), "#test-0-3");
  expect(await opened(page).allInnerTexts()).toContain("licences are there");
});

test("a curve stays below its limit, and lies where its time is", async () => {
  const page = await open(richResult());
  const memory = page.getByRole("img", {
    name: /^memory over time: at most 160.0 MiB of 240.0 MiB/,
  });
  const box = await memory.boundingBox();
  const line = await memory.locator("polyline").boundingBox();
  const limit = await memory.locator("line").boundingBox();
  if (!box || !line || !limit) throw new Error("The plot is not there.");
  expect(limit.y - box.y).toBeLessThan(3);
  // 160 of 240 MiB: a third of the height is free.
  expect((line.y - box.y) / box.height).toBeGreaterThan(0.28);
  expect((line.y - box.y) / box.height).toBeLessThan(0.38);
  // The samples begin after 4.0 of 18.75 s.
  expect((line.x - box.x) / box.width).toBeCloseTo(4 / 18.75, 1);
});

test("the command is copied", async () => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await open(richResult());
  await page.locator(".test[open] .copy").first().click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  expect(await page.evaluate(clipboardText)).toBe(
    "golem-image test image.gvmi --profile v0.5 --only starts",
  );
});

test("sizes are a picture and a list that can be opened", async () => {
  const page = await open(richResult());
  expect(await page.locator(".treemap.wide").isVisible()).toBe(true);
  expect(await page.locator(".treemap.narrow").isVisible()).toBe(false);
  await page.locator(".sizes summary", { hasText: "opt" }).click();
  expect(await page.getByText("<b>model</b>.bin").first().isVisible()).toBe(true);
});

test.each([
  ["light", PHONE],
  ["dark", PHONE],
  ["light", DESKTOP],
  ["dark", DESKTOP],
] as const)(
  "in %s colours at %j nothing is wider than the page, and text can be read",
  async (colorScheme, viewport) => {
    await context.close();
    context = await browser.newContext({ viewport, colorScheme });
    const page = await open(richResult());
    await page.getByRole("button", { name: "Open or close all" }).click();
    const found = await page.evaluate(unreadable);
    expect(found).toEqual({ faint: [], excess: 0 });
  },
);

test.each([
  HOSTILE_TEXTS.join(" "),
  `</pre></script><script>alert(1)</script><img src=x onerror=alert(2)>`,
  `" onmouseover="alert(3)" x='`,
])("with %j in every place the page is the same, and runs nothing", async (text) => {
  const plain = await (await open(resultWithText("plain"))).evaluate(structure);
  const page = await open(resultWithText(text));
  expect(await page.evaluate(structure)).toBe(plain);
  await page.locator(".test summary").first().hover();
  expect({ requests, problems }).toEqual({ requests: [], problems: [] });
});

test("should a guest's HTML get in nevertheless, the page's policy lets it run and load nothing", async () => {
  const page = await open(richResult());
  const [refused] = await Promise.all([
    page.waitForEvent("requestfailed"),
    page.evaluate(misbehave),
  ]);
  expect(refused.failure()?.errorText).toBe("csp");
  expect(await page.title()).toBe("✗ image.gvmi");
  expect(problems.join("\n")).toMatch(/Content Security Policy directive 'script-src/);
});

test("without its script the page shows everything", async () => {
  await context.close();
  context = await browser.newContext({ javaScriptEnabled: false });
  const page = await open(richResult());
  expect(await page.getByRole("searchbox").isVisible()).toBe(false);
  expect(await shown(page).count()).toBe(6);
});

test("ten thousand tests can be searched", async () => {
  const tests = Array.from({ length: 10_000 }, (_none, index) =>
    testResult({ id: `t${index}`, name: `test ${index}` }),
  );
  const timeline = tests.map(({ name }, index) => ({
    name,
    kind: "test" as const,
    atMs: index * 20,
    durationMs: 20,
    vm: 0,
  }));
  const page = await open(imageResult(profileResult({ tests, timeline })));
  await page.getByRole("searchbox").fill("test 4321");
  expect(await shown(page).allInnerTexts()).toEqual(["test 4321"]);
  expect(await page.locator("svg.plot rect").count()).toBeLessThan(2_500);
});
