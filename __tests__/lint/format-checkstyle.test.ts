import { formatCheckstyle } from "../../src/lint/format-checkstyle.ts";
import { finding } from "./findings.ts";

const root = process.cwd();

test("findings are grouped by file, with their own severities", () => {
  const findings = [
    finding(),
    finding({ file: "b/Dockerfile", severity: "info", cure: "Do <this>." }),
    finding({ line: 3, rule: "GVM003", severity: "warning" }),
  ];
  expect(formatCheckstyle(findings, root)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<checkstyle version="4.3">
  <file name="Dockerfile">
    <error line="2" column="8" severity="error" message="cannot work" source="golem-image.GVM010"/>
    <error line="3" column="8" severity="warning" message="cannot work" source="golem-image.GVM003"/>
  </file>
  <file name="b/Dockerfile">
    <error line="2" column="8" severity="info" message="cannot work Do &#60;this&#62;." source="golem-image.GVM010"/>
  </file>
</checkstyle>
`);
});

test("is a document without findings, too", () => {
  expect(formatCheckstyle([], root)).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3">\n</checkstyle>\n',
  );
});
