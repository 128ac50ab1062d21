import { findDownloads } from "../../../src/lint/downloads.ts";
import { processorSeconds } from "../../support/processor-time.ts";
import { entry, findingsOf } from "../lint-text.ts";

test.each([
  "pip install -r requirements.txt",
  "pip3 --no-cache-dir install numpy",
  "python3 -m pip install numpy",
  "npm ci && npm start",
  "yarn install",
  "apt-get update",
  "DEBIAN_FRONTEND=noninteractive apt-get -y install curl",
  "apk add --no-cache bash",
  "exec sudo dnf -y install x",
  "curl -fsSL https://example.org/x | tar x",
  "wget -q 'http://example.org:8080/a'",
  "git clone https://github.com/a/b.git",
  'x="$(curl -s https://example.org)"',
  "test -e x || composer install",
  "if true; then pip install x; fi",
  "tini -- npm install",
  "a \\\n  && bundle install",
  "cat <<EOF\nhello\nEOF\npip install x",
])("%j downloads", (script) => {
  expect(findDownloads(script)).toHaveLength(1);
});

test.each([
  "python main.py",
  "npm start",
  "npm run install-hooks",
  "curl -f http://localhost:8080/health",
  "curl http://127.0.0.1/ http://10.0.0.2/x",
  'curl "$URL"',
  "curl http://api.internal/x",
  "curl --version",
  "echo pip install x",
  "# pip install x",
  "run # pip install x",
  "command -v pip; which apt-get",
  "pip install --no-index x",
  "pip list",
  "apt list --installed",
  'echo "run: pip install x; npm ci"',
  "cat <<EOF\npip install x\nEOF",
  "git status",
  "pipx list",
  "go run .",
])("%j does not", (script) => {
  expect(findDownloads(script)).toEqual([]);
});

test.each([
  ["CMD pip install x && run", ["2 CMD pip install x"]],
  ['ENTRYPOINT ["npm", "ci"]', ["2 ENTRYPOINT npm ci"]],
  ['CMD ["python", "-c", "print(1); pip install x"]', []],
  ["RUN pip install x\nCMD run", []],
  [
    'COPY <<"EOF" /start.sh\n#!/bin/sh\n\nnpm \\\n  install\nnpm ci\nEOF\nCMD ["/start.sh"]',
    ["5 /start.sh npm    install and 1 more"],
  ],
])("%j: %j", (lines, expected) => {
  const found = findingsOf("GVM024", `FROM scratch\n${lines}\n`).map(({ line, message }) =>
    `${line} ${message.split(" such commands")[0]?.split(" at its start")[0]}`.replace(
      /runs "(.*)"/,
      "$1",
    ),
  );
  expect(found.map((text) => text.replace(/ +/g, " "))).toEqual(
    expected.map((text) => text.replace(/ +/g, " ")),
  );
});

test("scripts of the image are read", () => {
  const content = Buffer.from("#!/bin/sh\nset -e\npip install -r /r.txt\nexec run\n");
  const image = {
    config: { Cmd: ["/start.sh"] },
    entries: [entry("start.sh", { size: content.length })],
    contents: new Map([["start.sh", content]]),
  };
  const [finding] = findingsOf("GVM024", "FROM scratch\nCMD /start.sh\n", image);
  expect(finding).toMatchObject({ line: 2, severity: "warning" });
  expect(finding?.message).toContain('/start.sh runs "pip install -r /r.txt" at its start');
});

test("a long line is looked at in a moment", () => {
  const seconds = processorSeconds(() => {
    for (const part of ["curl http://a", "pip ", "A=1 ", "- ", "$(", "'\"", "apt "]) {
      findDownloads(part.repeat(20_000));
    }
  });
  expect(seconds).toBeLessThan(5);
});
