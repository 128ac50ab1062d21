import { parseEnv } from "node:util";
import { parse } from "yaml";
import { describeFinalImage } from "../../../src/dockerfile/final-image.ts";
import { parseDockerfile } from "../../../src/dockerfile/parse-dockerfile.ts";
import { initCommands } from "../../../src/lint/init-script/init-commands.ts";
import { initScript } from "../../../src/lint/init-script/init-script.ts";
import {
  type ServiceDescription,
  serviceOfDockerfile,
  serviceOfImage,
} from "../../../src/lint/init-script/service.ts";
import { HOSTILE_VALUES } from "./values.ts";

const service = (properties: Partial<ServiceDescription> = {}): ServiceDescription => ({
  argv: ["/bin/x"],
  variables: [],
  unknownVariables: [],
  ports: [],
  ...properties,
});

describe("the service of an image", () => {
  test("is ENTRYPOINT and CMD, ENV, USER and EXPOSE", () => {
    const config = {
      Entrypoint: ["/init"],
      Cmd: ["a b"],
      Env: ["A=b=c", "EMPTY=", "NOTHING", "=x"],
      User: "me:staff",
      ExposedPorts: { "80/tcp": {}, "53/udp": {} },
    };
    expect(serviceOfImage(config)).toEqual({
      argv: ["/init", "a b"],
      variables: [
        { name: "A", value: "b=c" },
        { name: "EMPTY", value: "" },
      ],
      unknownVariables: [],
      user: "me:staff",
      ports: ["80/tcp", "53/udp"],
    });
    expect(serviceOfImage({})).toEqual(service({ argv: [] }));
  });

  test.each([["root"], ["0"], ["0:0"], ["root:root"], [""]])(
    "USER %j is nothing to say",
    (User) => {
      expect(serviceOfImage({ User }).user).toBeUndefined();
    },
  );

  test("is the same from a Dockerfile, but for what only the build knows", () => {
    const text = `FROM debian
ENV A="b c" PATH=/opt:$PATH
EXPOSE 80 443/tcp
USER me
ENTRYPOINT ["/init"]
CMD run it
`;
    const image = describeFinalImage(parseDockerfile(text), {});
    expect(image && serviceOfDockerfile(image)).toEqual({
      argv: ["/init", "/bin/sh", "-c", "run it"],
      variables: [{ name: "A", value: "b c" }],
      unknownVariables: ["PATH"],
      user: "me",
      ports: ["80", "443/tcp"],
    });
  });
});

describe("the commands", () => {
  test.each<[string, Partial<ServiceDescription>, string[][]]>([
    ["an absolute path is run as it is", { argv: ["/x", "a b"] }, [["/x", "a b"]]],
    ["a name needs a shell", { argv: ["x", "a b"] }, [["/bin/sh", "-c", "exec x 'a b'"]]],
    [
      "variables are exported",
      { variables: [{ name: "A", value: "b c" }] },
      [["/bin/sh", "-c", "export A='b c'; exec /bin/x"]],
    ],
    [
      "a program with ports stays in the background",
      { ports: ["80"] },
      [["/bin/sh", "-c", "exec /bin/x >/dev/null 2>&1 &"]],
    ],
    [
      "another user can reach files, and is changed to",
      { user: "me" },
      [
        ["/bin/chmod", "+x", "/"],
        ["/bin/sh", "-c", "exec su -s /bin/sh me -c 'exec /bin/x'"],
      ],
    ],
    [
      "a number is changed to by setpriv",
      { user: "1000:2000" },
      [
        ["/bin/chmod", "+x", "/"],
        ["/bin/sh", "-c", "exec /usr/bin/setpriv --reuid=1000 --regid=2000 --clear-groups /bin/x"],
      ],
    ],
    [
      "a program that is known to give up root can reach its files",
      { argv: ["/usr/sbin/nginx"] },
      [["/bin/chmod", "+x", "/"], ["/usr/sbin/nginx"]],
    ],
    ["nothing to start is nothing to run", { argv: [] }, []],
  ])("%s", (_, properties, expected) => {
    expect(initCommands(service(properties))).toEqual(expected);
  });
});

test("dapp-runner finds no reference of its own in a descriptor", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what a shell and dapp-runner both replace
  const word = "${nodes.db.ip} it's ${A}";
  for (const properties of [
    { argv: ["/bin/x", word] },
    { variables: [{ name: "A", value: word }] },
    { user: "me", argv: ["x", word], variables: [{ name: "A", value: word }] },
  ]) {
    const text = initScript("dapp-runner", service(properties));
    expect(text).not.toContain("${");
    expect(parse(text).nodes["my-node"].init.at(-1)[0]).toBe("/bin/sh");
  }
});

test("a descriptor without a command is one, too", () => {
  expect(parse(initScript("dapp-runner", service({ argv: [] }))).nodes["my-node"].init).toEqual([]);
});

describe("the .env file", () => {
  test("is read alike by what reads such files, but for the values that are marked", () => {
    const variables = HOSTILE_VALUES.map((value, index) => ({ name: `V${index}`, value }));
    const text = initScript("env", service({ variables }));
    const unmarked = variables.filter(
      ({ name }) => !new RegExp(`for shells only\\.\n${name}=`).test(text),
    );
    const parsed = parseEnv(text);
    for (const { name, value } of unmarked)
      expect({ [name]: parsed[name] }).toEqual({ [name]: value });
    expect(unmarked.length).toBeGreaterThan(HOSTILE_VALUES.length / 2);
  });
});

test("comments stay comments, whatever an image says", () => {
  const hostile = "x\n\r\u2028evil: true\n";
  const properties = {
    user: hostile,
    ports: [hostile],
    unknownVariables: [hostile],
    variables: [{ name: hostile, value: "" }],
    argv: [],
  };
  for (const form of ["dapp-runner", "golem-js", "yapapi", "env", "sh"] as const) {
    for (const line of initScript(form, service(properties)).split(/[\n\r\u2028]/)) {
      expect(line).not.toMatch(/^\s*evil/);
    }
  }
});
