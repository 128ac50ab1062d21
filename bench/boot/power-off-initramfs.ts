import { staticProgram } from "../../src/system/static-program.ts";
import { encodeCpio } from "../../src/vm/initramfs/cpio.ts";

/** reboot(2): the magic numbers and RB_POWER_OFF. */
const MAGIC_1 = 0xfee1dead;
const MAGIC_2 = 0x28121969;
const POWER_OFF = 0x4321fedc;
const SYS_REBOOT = 169;

/** An initramfs whose init does nothing but power off: nothing that boots a kernel can take less time. */
export function powerOffInitramfs(): Buffer {
  return encodeCpio([{ path: "init", mode: 0o100755, content: staticProgram(powerOff()) }]);
}

/** x86-64: mov eax, edi, esi and edx, then syscall. */
function powerOff(): Buffer {
  const code = Buffer.alloc(22);
  const moves = [
    [0xb8, SYS_REBOOT],
    [0xbf, MAGIC_1],
    [0xbe, MAGIC_2],
    [0xba, POWER_OFF],
  ] as const;
  for (const [index, [opcode, value]] of moves.entries()) {
    code.writeUInt8(opcode, index * 5);
    code.writeUInt32LE(value, index * 5 + 1);
  }
  code.writeUInt16BE(0x0f05, 20);
  return code;
}
