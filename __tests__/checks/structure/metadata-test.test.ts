import type { TestContext } from "../../../src/checks/planned-test.ts";
import { runMetadataTest } from "../../../src/checks/structure/metadata-test.ts";
import type { StructureMetadataTest } from "../../../src/checks/structure/schema.ts";
import type { RunConfig } from "../../../src/oci/image-config.ts";

const metadata: RunConfig = {
  Env: ["A=1", "LIST=a=b"],
  Labels: { vendor: "Someone" },
  Entrypoint: ["/bin/app"],
  Cmd: ["serve"],
  WorkingDir: "/work",
  ExposedPorts: { "80/tcp": {}, "53/udp": {} },
  Volumes: { "/data": {} },
};

const nothing: StructureMetadataTest = {
  envVars: [],
  unboundEnvVars: [],
  exposedPorts: [],
  unexposedPorts: [],
  workdir: "",
  volumes: [],
  unmountedVolumes: [],
  labels: [],
  user: "",
};

function judge(test: Partial<StructureMetadataTest>) {
  const image = { gvmi: { metadata } };
  return runMetadataTest({ ...nothing, ...test }, { image } as unknown as TestContext);
}

const plain = (key: string, value: string) => ({ key, value, isRegex: false });

test.each<Partial<StructureMetadataTest>>([
  { envVars: [plain("A", "1"), { key: "LIST", value: "=b$", isRegex: true }] },
  { unboundEnvVars: [{ key: "B" }] },
  { labels: [{ key: "vendor", value: "one$", isRegex: true }] },
  { entrypoint: ["/bin/app"], cmd: ["serve"], workdir: "/work" },
  { exposedPorts: ["80", "80/tcp", "53/udp"], unexposedPorts: ["443", "53/tcp"] },
  { volumes: ["/data", "/data/"], unmountedVolumes: ["/other"] },
  { user: "root" },
  { user: "0:0" },
])("holds: %j", async (test) => {
  expect((await judge(test)).problems).toEqual([]);
});

test.each<[Partial<StructureMetadataTest>, string]>([
  [{ envVars: [plain("A", "2")] }, 'the variable A is "1", expected "2"'],
  [{ envVars: [plain("B", "")] }, "the variable B is not set"],
  [{ unboundEnvVars: [{ key: "A" }] }, "the variable A is set, and should not be"],
  [
    { labels: [{ key: "vendor", value: "^one", isRegex: true }] },
    'the label vendor is "Someone", which /^one/ does not match',
  ],
  [{ entrypoint: [] }, 'ENTRYPOINT is ["/bin/app"], expected []'],
  [{ cmd: ["other"] }, 'CMD is ["serve"], expected ["other"]'],
  [{ workdir: "/" }, 'WORKDIR is "/work", expected "/"'],
  [{ exposedPorts: ["53/tcp"] }, "port 53/tcp is not exposed"],
  [{ unexposedPorts: ["53"] }, "port 53 is exposed, and should not be"],
  [{ volumes: ["/other"] }, "/other is not a VOLUME"],
  [{ unmountedVolumes: ["/data"] }, "/data is a VOLUME, and should not be"],
  [{ user: "app" }, "USER app is not kept: every command runs as root"],
])("does not hold: %j", async (test, problem) => {
  expect((await judge(test)).problems).toEqual([problem]);
});

test.each<[Partial<StructureMetadataTest>, string | undefined]>([
  [{ user: "app", cmd: ["serve"] }, "GVM005"],
  [{ cmd: ["serve"] }, "GVM002"],
  [{ envVars: [plain("A", "1")] }, "GVM003"],
  [{ exposedPorts: ["80"] }, "GVM004"],
  [{ cmd: [], workdir: "/work" }, undefined],
])("what has no effect on Golem is noted: %j by %s", async (test, rule) => {
  expect((await judge(test)).explanation?.rule).toBe(rule);
});
