import { findingsOf, placesOf } from "../lint-text.ts";

test("EXPOSE is for information, with its ports", () => {
  const found = findingsOf("GVM004", "FROM debian\nARG PORT=8080\n  EXPOSE 80/tcp $PORT\n");
  expect(found).toEqual([expect.objectContaining({ line: 3, column: 3, severity: "info" })]);
  expect(found[0]?.message).toContain("EXPOSE 80/tcp, 8080 has no effect");
});

test("other stages and other instructions do not count", () => {
  expect(
    placesOf("GVM004", "FROM a AS b\nEXPOSE 1\nFROM scratch\nRUN EXPOSE 2\n# EXPOSE 3"),
  ).toEqual([]);
});
