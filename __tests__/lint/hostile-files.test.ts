import { lint } from "../../src/lint/lint.ts";
import { wantedBytes } from "../../src/lint/wanted-bytes.ts";
import { processorSeconds } from "../support/processor-time.ts";
import { entry } from "./lint-text.ts";

/** Names that one rule or another wants to read, as what it expects there. */
const NAMES = [
  ...[
    "root/.netrc",
    "root/.npmrc",
    "root/.pgpass",
    "root/.docker/config.json",
    "root/.kube/config",
  ],
  ...["app/.env", "app/key.pem", "app/config.yml", "app/main.py", "entry.sh", "usr/bin/env"],
  ...["etc/nginx/nginx.conf", "srv/large.db", "usr/local/bin/tool", "etc/ssh/ssh_host_rsa_key"],
];

/** What regular expressions may take too long for. */
const REPEATED = [
  ...["machine x ", "password", "a:", "http://", "http://a", "-----BEGIN RSA PRIVATE KEY-----\n"],
  ...[
    "_auth",
    " = ",
    "\\\n",
    "upstream ",
    "name: ",
    "ghp_",
    "\0",
    "\xff",
    "#!",
    "#!/usr/bin/env ",
    " ",
  ],
  ...['"auth": ', "@", "/", "su ", "apt-get -", "\x7fELF\x02", "\n", "xoxb-1-", "pip "],
];

function findingsIn(content: Buffer, names: readonly string[] = NAMES) {
  const config = { Entrypoint: ["/entry.sh"], Cmd: ["tool"], Env: [content.toString("latin1")] };
  const entries = [
    entry("/"),
    ...names.map((name) => entry(name, { size: name.endsWith(".db") ? 2 ** 30 : content.length })),
  ];
  const wanted = entries.map((file) => [file.path, wantedBytes(file, config)] as const);
  expect(wanted.filter(([, bytes]) => bytes > 0).length).toBeGreaterThan(names.length / 2);
  const contents = new Map(wanted.map(([path, bytes]) => [path, content.subarray(0, bytes)]));
  return lint({
    image: { name: "image", config, entries, contents },
    commands: ["tool", ["/tool"]],
  });
}

test.each(REPEATED)("a file of nothing but %j takes no time", (text) => {
  const repeated = text.repeat(Math.ceil(32_000 / text.length));
  const content = Buffer.from(repeated, "latin1").subarray(0, 32_000);
  expect(processorSeconds(() => findingsIn(content))).toBeLessThan(5);
});

test("random bytes are no reason to fail", () => {
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state;
  };
  for (let run = 0; run < 200; run++) {
    const parts = Array.from({ length: 1 + (random() % 30) }, () =>
      random() % 2
        ? Buffer.from(REPEATED[random() % REPEATED.length] ?? "", "latin1")
        : Buffer.from([random() % 256, random() % 256]),
    );
    for (const { message } of findingsIn(Buffer.concat(parts))) {
      expect(message).not.toMatch(/\p{Cc}/u);
      expect(message.length).toBeLessThan(2000);
    }
  }
});

test("an image of links that go in circles, and files where directories belong, is looked at", () => {
  const names = ["bin", "etc", "usr", "lib64", "proc", "sys", "tmp", "dev", "entry.sh"];
  const entries = names.flatMap((name, index) => [
    entry(name, index % 2 ? { type: "symlink", linkTarget: names[index - 1] ?? "" } : {}),
    entry(`${name}/sh`, { type: "symlink", linkTarget: "../usr/../bin/sh" }),
    entry(`${name}/env`, { type: "hard-link", linkTarget: "nowhere" }),
  ]);
  const config = {
    Entrypoint: ["../../entry.sh"],
    WorkingDir: "bin/..",
    Volumes: { "": {}, "/": {} },
  };
  const findings = lint({ image: { name: "image", config, entries, contents: new Map() } });
  expect(findings.length).toBeGreaterThan(0);
});
