import { planScript } from "../../../src/checks/script/plan.ts";
import { parseYaml } from "../../../src/settings/yaml-document.ts";

async function plan(text: string) {
  const document = await parseYaml(text);
  if (Array.isArray(document)) throw new Error("not YAML");
  return planScript({ path: "script.json", document });
}

test.each([
  ["[]", "expected a list of commands"],
  ["[{run: {entry_point: ls}}]", "[0].run.entry_point: expected the absolute path of a program"],
  ["[{run: {entry_point: /bin/ls, arguments: []}}]", "[0].run.arguments: unknown key"],
  ["[{deploy: {}, start: {}}]", "expected one command: deploy, start, run"],
  ["[{stop: {}}]", "script.json:1:3: [0].stop: unknown key"],
  [
    "[{transfer: {from: 'http://example.org/x', to: 'container:/data/x'}}]",
    "[0].transfer.from: expected a container: or file: URL; others would need a network",
  ],
  [
    "[{transfer: {from: 'file:/etc/hosts', to: 'file:x'}}]",
    "script.json:1:13: [0].transfer: from and to are both of one kind; a transfer goes from file: to",
  ],
  ["[{transfer: {from: 'container:/a', to: 'container:/b'}}]", "are both of one kind"],
])("a wrong script is refused: %s", async (text, message) => {
  await expect(plan(text)).rejects.toThrow(message);
});

test("what requestors send is accepted, with its captures and networks", async () => {
  const script = [
    { deploy: { net: [{ id: "a", ip: "192.168.0.0", nodeIp: "192.168.0.2" }] } },
    { start: { args: [] } },
    { run: { entry_point: "/bin/ls", args: ["-l"], capture: { stderr: { atEnd: {} } } } },
    { transfer: { from: "container:/out/x", to: "file:x", format: "tar.gz", fileset: [] } },
    { sign: {} },
    { terminate: {} },
  ];
  await expect(plan(JSON.stringify(script))).resolves.toMatchObject({ kind: "script" });
  await expect(plan("- deploy\n- start:\n- terminate\n")).resolves.toBeDefined();
});
