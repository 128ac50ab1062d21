// Needs QEMU, a kernel, Buildah and busybox-static. Boots ten VMs, two at a time.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeFinalImage } from "../../../src/dockerfile/final-image.ts";
import { parseDockerfile } from "../../../src/dockerfile/parse-dockerfile.ts";
import { initCommands } from "../../../src/lint/init-script/init-commands.ts";
import { serviceOfDockerfile } from "../../../src/lint/init-script/service.ts";
import type { Profile } from "../../../src/vm/profiles.ts";
import { FROM_BUSYBOX, makeProof, type Proof, type ProofVm } from "./boot.ts";

/** Serves /srv, and tells of its start. */
const START = `#!/bin/sh
echo started > /srv/started
exec httpd -f -p "$PORT" -h /srv
`;
const FILES = {
  "root/srv/start": START,
  "root/srv/page": "hello\n",
  "root/etc/passwd": "root:x:0:0::/:/bin/sh\nworker:x:1000:1000::/srv:/bin/sh\n",
  "root/tmp/work/file": "",
};

/** Breaks every rule about what a container engine does when an image starts. */
const BAD = `${FROM_BUSYBOX}RUN ["/bin/chmod", "777", "/srv"]
ENV PORT=8080 GREETING="it's me"
EXPOSE 8080
USER worker
HEALTHCHECK --interval=1s CMD ["/bin/touch", "/srv/checked"]
STOPSIGNAL SIGUSR1
ONBUILD RUN ["/bin/touch", "/srv/triggered"]
ENTRYPOINT ["/srv/start"]
SHELL ["/bin/missing", "-c"]
`;

/** The same image for Golem: what is gone comes from the requestor. */
const GOOD = `${FROM_BUSYBOX}RUN ["/bin/chmod", "777", "/srv"]
VOLUME /golem/input /golem/work /tmp/work
WORKDIR /golem/work
`;

const PROFILES: Profile[] = ["documented", "v0.3", "v0.4", "v0.5"];
const PASSES_ENVIRONMENT: readonly Profile[] = ["v0.3", "v0.4"];

const proofs: Proof[] = [];
async function make(dockerfile: string): Promise<Proof> {
  const proof = await makeProof({ dockerfile, files: FILES });
  proofs.push(proof);
  return proof;
}
afterAll(() => Promise.all(proofs.map((proof) => proof.close())));

/** What a requestor runs in place of what the bad Dockerfile says. */
function cure(): (readonly [string, ...string[]])[] {
  const image = describeFinalImage(parseDockerfile(BAD), {});
  if (!image) throw new Error("There is no stage.");
  return initCommands(serviceOfDockerfile(image)) as [string, ...string[]][];
}

describe("an image that leaves all to a container engine", () => {
  const vms = new Map<Profile, ProofVm>();
  let proof: Proof;
  const on = (profile: Profile) => vms.get(profile) as ProofVm;

  beforeAll(async () => {
    proof = await make(BAD);
    for (const pair of [PROFILES.slice(0, 2), PROFILES.slice(2)]) {
      await Promise.all(pair.map(async (profile) => vms.set(profile, await proof.boot(profile))));
    }
  });
  afterAll(() => proof.close());

  test("is what lint finds", async () => {
    expect(await proof.rules()).toEqual(
      expect.arrayContaining([
        "GVM001",
        "GVM002",
        "GVM003",
        "GVM004",
        "GVM005",
        "GVM006",
        "GVM103",
      ]),
    );
  });

  describe.each(PROFILES)("on %s", (profile) => {
    test("without a VOLUME there is nothing to transfer files to or from", async () => {
      expect(on(profile).machine.volumes).toEqual([]);
      expect(await on(profile).output("grep 9p /proc/mounts || echo none")).toBe("none\n");
    });

    test("ENTRYPOINT does not run", async () => {
      expect(await on(profile).output("ls /srv; pidof httpd || echo none")).toBe(
        "page\nstart\nnone\n",
      );
    });

    test("variables of ENV are there on older runtimes only", async () => {
      const { stdout } = await on(profile).run(["/bin/cat", "/proc/self/environ"]);
      const variables = stdout.split("\0");
      expect(variables.includes("PORT=8080")).toBe(PASSES_ENVIRONMENT.includes(profile));
      expect(variables.includes("GREETING=it's me")).toBe(PASSES_ENVIRONMENT.includes(profile));
    });

    test("a script that needs variables of ENV sees nothing in their place", async () => {
      const script =
        'sed "s/exec httpd/echo/" /srv/start > /srv/try; sh /srv/try; rm /srv/try /srv/started';
      expect(await on(profile).output(script)).toBe(
        PASSES_ENVIRONMENT.includes(profile) ? "-f -p 8080 -h /srv\n" : "-f -p  -h /srv\n",
      );
    });

    test("EXPOSE opens nothing", async () => {
      expect(await on(profile).output("netstat -ltn | grep -c 8080 || ls /sys/class/net")).toBe(
        "0\nlo\n",
      );
    });

    test("USER is dropped: commands run as root", async () => {
      expect(await on(profile).output("id -u; id -g")).toBe("0\n0\n");
    });

    test("HEALTHCHECK and ONBUILD never run", async () => {
      // Longer than the interval of the check.
      const up = Number((await on(profile).output("cut -d. -f1 /proc/uptime")).trim());
      expect(up).toBeGreaterThan(1);
      expect(await on(profile).output("ls /srv")).toBe("page\nstart\n");
    });

    test("SHELL is no part of how commands are run", async () => {
      expect(await on(profile).run(["/bin/echo", "no shell"])).toMatchObject({
        exitCode: 0,
        stdout: "no shell\n",
      });
    });

    test("what the image has in /tmp is hidden, a working directory too", async () => {
      expect(await on(profile).output("ls -A /tmp")).toBe("");
    });
  });
});

describe("the same image with the cures", () => {
  let proof: Proof;
  let vm: ProofVm;

  beforeAll(async () => {
    proof = await make(GOOD);
    // Not in the order of their names: volumes beside each other may be mounted in any order.
    vm = await proof.boot("documented", { volumes: ["/golem/work", "/golem/input", "/tmp/work"] });
  });
  afterAll(() => proof.close());

  test("is nothing that lint would find", async () => {
    const found = await proof.rules();
    for (const rule of ["GVM001", "GVM002", "GVM003", "GVM004", "GVM005", "GVM006", "GVM008"]) {
      expect(found).not.toContain(rule);
    }
    for (const rule of ["GVM009", "GVM010", "GVM103"]) expect(found).not.toContain(rule);
  });

  test("files go in and out by volumes, whichever is mounted first", async () => {
    for (const { hostDirectory, guestPath } of vm.machine.volumes) {
      writeFileSync(join(hostDirectory, "sent"), guestPath);
    }
    expect(await vm.output("cat /golem/input/sent; echo; cat /golem/work/sent")).toBe(
      "/golem/input\n/golem/work",
    );
  });

  test("a volume below /tmp, and so a working directory there, is in the VM's own /tmp", async () => {
    expect(await vm.output("cat sent", { directory: "/tmp/work" })).toBe("/tmp/work");
    expect(await vm.output("stat -c %a /tmp")).toBe("777\n");
  });

  test("a working directory that is a volume itself is there", async () => {
    expect(await vm.run(["/bin/pwd"])).toMatchObject({ exitCode: 0, stdout: "/golem/work\n" });
  });

  test("the init commands start the program as its user, with its variables, and it answers", async () => {
    for (const argv of cure()) {
      expect(await vm.run(argv)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    }
    await vm.output("while ! pidof httpd >/dev/null; do usleep 2000; done");
    expect(await vm.output("stat -c %u /srv/started /proc/$(pidof httpd)")).toBe("1000\n1000\n");
    expect(await vm.output("tr '\\0' '\\n' < /proc/$(pidof httpd)/environ")).toContain(
      "GREETING=it's me\n",
    );
    const fetch = "until wget -q -O - http://127.0.0.1:8080/page 2>/dev/null; do usleep 2000; done";
    expect(await vm.output(fetch)).toBe("hello\n");
  });
});

describe("a WORKDIR below a VOLUME", () => {
  let vms: [ProofVm, ProofVm];
  let proof: Proof;

  beforeAll(async () => {
    proof = await make(`${FROM_BUSYBOX}WORKDIR /golem/work\nVOLUME /golem\n`);
    vms = await Promise.all([proof.boot("documented"), proof.boot("v0.5")]);
  });
  afterAll(() => proof.close());

  test("is what lint finds", async () => {
    expect(await proof.rules()).toContain("GVM008");
  });

  test("a WORKDIR that a mount hides keeps every command from starting: an error", async () => {
    await expect(vms[0].run(["/bin/true"])).rejects.toThrow("/bin/true in /golem/work");
    expect((await vms[0].run(["/bin/true"], { directory: "/golem" })).exitCode).toBe(0);
  });

  test("a WORKDIR that a mount hides keeps every command from starting: exit code 9", async () => {
    expect(await vms[1].run(["/bin/true"])).toEqual({
      exitCode: 9,
      stdout: "",
      stderr: "",
      couldNotStart: expect.stringContaining("/golem/work"),
    });
    expect((await vms[1].run(["/bin/true"], { directory: "/golem" })).exitCode).toBe(0);
  });
});

describe("nested VOLUMEs", () => {
  let proof: Proof;
  let vms: [ProofVm, ProofVm];

  beforeAll(async () => {
    proof = await make(`${FROM_BUSYBOX}VOLUME /golem /golem/input\n`);
    vms = await Promise.all([
      proof.boot("documented", { volumes: ["/golem", "/golem/input"] }),
      proof.boot("v0.5", { volumes: ["/golem/input", "/golem"] }),
    ]);
  });
  afterAll(() => proof.close());

  test("nested volumes hide each other in one order of their mounts, and not in the other", async () => {
    expect(await proof.rules()).toContain("GVM009");
    for (const vm of vms) {
      const inner = vm.machine.volumes.find(({ guestPath }) => guestPath === "/golem/input");
      writeFileSync(join(inner?.hostDirectory ?? "", "sent"), "sent");
    }
    const look = "cat /golem/input/sent 2>/dev/null || echo hidden";
    expect(await vms[0].output(look)).toBe("sent");
    expect(await vms[1].output(look)).toBe("hidden\n");
  });
});

describe("VOLUMEs where the VM needs its own files", () => {
  let proof: Proof;
  let vm: ProofVm;

  beforeAll(async () => {
    proof = await make(`${FROM_BUSYBOX}VOLUME /dev /etc /proc /sys /tmp\n`);
    vm = await proof.boot("documented");
  });
  afterAll(() => proof.close());

  test("volumes at /etc, /proc, /sys, /dev and /tmp hide what programs need there", async () => {
    const found = (await proof.lint()).filter(({ rule }) => rule === "GVM010");
    expect(found).toHaveLength(5);
    expect(await vm.output("ls -A /etc /proc /sys /dev")).toBe(
      "/dev:\n\n/etc:\n\n/proc:\n\n/sys:\n",
    );
    expect((await vm.sh("id -un")).stderr).toContain("unknown ID 0");
    expect(await vm.output("ps")).toMatch(/^PID .*COMMAND\n$/);
    // A plain file, which grows.
    expect(await vm.output("echo text > /dev/null; cat /dev/null")).toBe("text\n");
    expect(await vm.output("stat -c %a /tmp; echo x > /tmp/root; cat /tmp/root")).toBe("755\nx\n");
  });
});
