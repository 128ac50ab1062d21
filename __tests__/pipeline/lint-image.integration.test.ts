// Needs Buildah and busybox-static.
import { FROM_BUSYBOX, withProof } from "../lint/proofs/boot.ts";

/** Without a word from any rule. */
const CLEAN = `${FROM_BUSYBOX}VOLUME /golem/input /golem/output
WORKDIR /golem/work
`;

test("a real image with nothing wrong gives no findings", async () => {
  await withProof({ dockerfile: CLEAN }, async (proof) => {
    expect(await proof.lint()).toEqual([]);
  });
});

test("what a real build leaves in the image is found, at the line that is to blame", async () => {
  const dockerfile = `${CLEAN}COPY start.py config.env /app/
RUN ["/bin/sh", "-c", "chmod 4755 /app/start.py; echo x > /tmp/left"]
VOLUME /app/data
COPY config.env /golem/input/sub/file
ENTRYPOINT ["/app/start.py"]
`;
  const files = {
    "start.py": "#!/usr/bin/python3\nprint()\n",
    "config.env": "API=http://api:8080\n",
  };
  await withProof({ dockerfile, files }, async (proof) => {
    const found = await proof.lint();
    const lines = found.map(({ rule, line, message }) => `${rule}:${line} ${message}`);
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^GVM007:3 VOLUME \/golem\/input hides 1 file of the image \(.*sub\/file/,
        ),
        expect.stringMatching(/^GVM012:\d+ 1 file of the image in \/tmp/),
        expect.stringMatching(/^GVM016:\d+ \/app\/config\.env, line 1, names the machine api/),
        expect.stringMatching(/^GVM021:\d+ 1 program with setuid.*\/app\/start\.py/),
        expect.stringMatching(/^GVM117:9 \/app\/start\.py \(ENTRYPOINT\) needs its interpreter/),
      ]),
    );
  });
});
