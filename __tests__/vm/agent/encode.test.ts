import { VmError } from "../../../src/errors.ts";
import {
  encodeGuestStatistics,
  encodeKillProcess,
  encodeMountVolume,
  encodeNetCtl,
  encodeNetHost,
  encodeQueryOutput,
  encodeQuit,
  encodeRequest,
  encodeRunProcess,
  type RequestBody,
} from "../../../src/vm/agent/encode.ts";

const ID = "0700000000000000";

function hexOf(body: RequestBody): string {
  return encodeRequest(7n, body).toString("hex");
}

/** The bytes of the message with the id 7 whose rest is given as hexadecimal words. */
function message(...words: string[]): string {
  return ID + words.join("");
}

function text(content: string): string {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(content)));
  return length.toString("hex") + Buffer.from(content).toString("hex");
}

test("requests without parts", () => {
  expect(hexOf(encodeQuit())).toBe(message("01", "00"));
  expect(hexOf(encodeGuestStatistics())).toBe(message("40", "00"));
});

test("a command with everything, its output through two cyclic pipes", () => {
  const command = {
    bin: "/bin/sh",
    argv: ["sh", "-c", ""],
    env: ["A=ü"],
    cwd: "/work",
    uid: 1000,
    gid: 0xfffffffe,
  };
  expect(hexOf(encodeRunProcess(command, 4096))).toBe(
    message(
      "02",
      `01${text("/bin/sh")}`,
      `020300000000000000${text("sh")}${text("-c")}${text("")}`,
      `030100000000000000${text("A=ü")}`,
      "04e8030000",
      "05feffffff",
      "0601000000020010000000000000",
      "0602000000020010000000000000",
      `07${text("/work")}`,
      "00",
    ),
  );
});

test("a command sends only what it says, and that its environment is empty", () => {
  expect(hexOf(encodeRunProcess({ bin: "/a", argv: ["a"] }, 8192))).toBe(
    message(
      "02",
      `01${text("/a")}`,
      `020100000000000000${text("a")}`,
      "030000000000000000",
      "0601000000020020000000000000",
      "0602000000020020000000000000",
      "00",
    ),
  );
});

test("requests about a process", () => {
  expect(hexOf(encodeKillProcess(2n ** 64n - 1n))).toBe(message("03", "01ffffffffffffffff", "00"));
  expect(hexOf(encodeQueryOutput(3n, 2, 65536))).toBe(
    message("06", "010300000000000000", "0202", "030000000000000000", "040000010000000000", "00"),
  );
});

test("volumes and network", () => {
  expect(hexOf(encodeMountVolume("mnt0", "/golem/a b"))).toBe(
    message("04", `01${text("mnt0")}`, `02${text("/golem/a b")}`, "00"),
  );
  const settings = { interface: "internet", address: "10.0.0.2", mask: "255.0.0.0" } as const;
  expect(hexOf(encodeNetCtl({ ...settings, network: "0.0.0.0", gateway: "10.0.0.1" }))).toBe(
    message(
      "09",
      "010000",
      `02${text("0.0.0.0")}`,
      `03${text("255.0.0.0")}`,
      `04${text("10.0.0.1")}`,
      `05${text("10.0.0.2")}`,
      "060100",
      "00",
    ),
  );
  const entries = [
    { address: "10.0.0.2", name: "db" },
    { address: "10.0.0.3", name: "api" },
  ];
  expect(hexOf(encodeNetHost(entries))).toBe(
    message(
      "0a",
      `01${text("10.0.0.2")}${text("db")}`,
      `01${text("10.0.0.3")}${text("api")}`,
      "00",
    ),
  );
});

test.each([0, -4096, 4095, 4096.5, Number.NaN])("a pipe of %d bytes is refused", (size) => {
  expect(() => encodeRunProcess({ bin: "/a", argv: ["a"] }, size)).toThrow(VmError);
});

test("what the guest could not take apart is refused", () => {
  expect(() => encodeMountVolume("mnt0", "/a\0b")).toThrow('"/a\\u0000b"');
  expect(() => encodeRunProcess({ bin: "/a", argv: [] }, 4096)).toThrow("argv");
});
