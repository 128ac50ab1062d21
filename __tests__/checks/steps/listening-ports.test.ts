import { listensIn } from "../../../src/checks/steps/listening-ports.ts";

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000
   1: 0100007F:0050 00000000:0000 0A 00000000:00000000
   2: 0200A8C0:0CEA 0300A8C0:D431 01 00000000:00000000
   3: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 0:0
`;

test.each([
  [8080, true],
  [22, true],
  // On the loopback interface alone, and a connection.
  [80, false],
  [3306, false],
])("port %d: %s", (port, expected) => {
  expect(listensIn(TABLE, port)).toBe(expected);
});
