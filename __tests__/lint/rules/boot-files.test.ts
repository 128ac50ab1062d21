import { link, messagesOf, type TestFile } from "../image-findings.ts";

const check = (files: Record<string, TestFile>) => messagesOf("GVM011", { files });

const STUB = "/run/systemd/resolve/stub-resolv.conf";

test.each([
  [
    "etc/resolv.conf",
    link(STUB),
    `a symbolic link to ${STUB}, which the VM follows out of the image`,
  ],
  ["etc/resolv.conf", link(`..${STUB}`), `a symbolic link to ..${STUB}, which is not there`],
  [
    "etc/hosts",
    link("/etc/hosts.real"),
    "a symbolic link to /etc/hosts.real, which the VM follows",
  ],
  ["etc/hosts", { type: "directory" }, "a directory"],
  ["etc", "file", "not a directory"],
  ["proc", "file", "not a directory"],
  ["sys", link("/other"), "a symbolic link to /other"],
  ["sys", link("other"), "a symbolic link to other"],
] as [string, TestFile, string][])("/%s that is %j cannot boot: %s", (path, file, reason) => {
  const found = check({ [path]: file });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^error .* so the VM panics at boot\.$/);
  expect(found[0]).toContain(`/${path} of the image is ${reason}`);
});

test.each([
  ["plain files", { "etc/resolv.conf": "", "etc/hosts": "", "proc/": "", "sys/": "" }],
  ["nothing at all, which the conversion adds", {}],
  [
    "a link to another file of the image",
    { "etc/hosts": link("hosts.real"), "etc/hosts.real": "" },
  ],
  ["a link that the VM can write through", { "etc/hosts": link("new/hosts"), "etc/new/": "" }],
  ["a link to a device", { "etc/resolv.conf": link("/dev/null") }],
  ["a link to a directory of the image", { etc: link("usr/etc"), "usr/etc/": "" }],
] as [string, Record<string, TestFile>][])("%s can boot", (_, files) => {
  expect(check(files)).toEqual([]);
});

test("what a link names is shown without control characters", () => {
  expect(check({ "etc/hosts": link("/\u001b[2J") })[0]).toContain("/\\x1b[2J");
});

test.each([
  [{ "var/tmp": link("/tmp") }, "/var/tmp of the image is a symbolic link to /tmp"],
  [{ var: link("data/var"), "data/var/": "" }, "/var of the image is a symbolic link to data/var"],
] as [Record<string, TestFile>, string][])(
  "the agent's directory is in none behind a link: %j",
  (files, message) => {
    expect(check(files)).toEqual([`error ${message}, so the VM panics at boot.`]);
  },
);

test("the way to a volume has no link", () => {
  const files = {
    "run/": "",
    "var/": "",
    "var/run": link("/run"),
    "data/": "",
    alias: link("data"),
  };
  const found = (...volumes: string[]) =>
    messagesOf("GVM011", {
      files,
      config: { Volumes: Object.fromEntries(volumes.map((path) => [path, {}])) },
    });
  expect(found("/var/run/app", "/alias")).toEqual([
    "error The way to the VOLUME /alias leads through /alias, a symbolic link to data, so the VM panics at boot.",
    "error The way to the VOLUME /var/run/app leads through /var/run, a symbolic link to /run, so the VM panics at boot.",
  ]);
  expect(found("/run/app", "/data", "/new/one")).toEqual([]);
});
