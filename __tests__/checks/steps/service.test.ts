import { Service } from "../../../src/checks/steps/service.ts";
import type { VirtualMachine } from "../../../src/vm/virtual-machine.ts";

/** In a stand-in for a VM where commands end at once. */
function endedService(): Service {
  const machine = {
    run: async () => ({ exitCode: 3, durationMs: 1 }),
    isUsable: () => true,
  } as unknown as VirtualMachine;
  return new Service({ machine, argv: ["/bin/x"], name: "x", outputLimitBytes: 1024 });
}

const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

test("waiting for a service that ends at once leaves nothing that keeps the process alive", async () => {
  const before = timers();
  const service = endedService();
  await service.waitForEnd(600_000);
  expect(service.endProblem()).toBe("the service x ended with exit code 3");
  expect(timers()).toBe(before);
});
