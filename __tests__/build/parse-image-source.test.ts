import { parseImageSource } from "../../src/build/parse-image-source.ts";
import { ImageSourceError } from "../../src/errors.ts";

describe("parseImageSource", () => {
  it.each([
    ["docker:debian", { kind: "docker", image: "debian" }],
    [
      "docker:registry.example:5000/a/b:1@sha256:00",
      { kind: "docker", image: "registry.example:5000/a/b:1@sha256:00" },
    ],
    ["oci-archive:/x/y.tar", { kind: "oci-archive", path: "/x/y.tar" }],
    ["docker-archive:my image:1.tar", { kind: "docker-archive", path: "my image:1.tar" }],
    ["oci:layout", { kind: "oci", path: "layout" }],
    ["image.tar", { kind: "path", path: "image.tar" }],
    ["./docker:x", { kind: "path", path: "./docker:x" }],
    ["C:odd name.tar", { kind: "path", path: "C:odd name.tar" }],
  ])("reads %s", (text, expected) => {
    expect(parseImageSource(text)).toEqual(expected);
  });

  it.each([
    ["", "it is empty"],
    ["docker:", "an image name is missing after docker:"],
    ["docker:--help", "this is not an image's name"],
    ["docker:a b", "this is not an image's name"],
    ["oci-archive:", "a path is missing after oci-archive:"],
    ["oci:", "a path is missing after oci:"],
    ["docker-daemon:x", "this form is not known"],
    ["https://example.com/x.tar", "this form is not known"],
    ["x\0y", "it has a NUL character"],
  ])("refuses %j and lists the forms", (text, reason) => {
    const parse = () => parseImageSource(text);
    expect(parse).toThrow(ImageSourceError);
    expect(parse).toThrow(reason);
    try {
      parse();
    } catch (error) {
      expect((error as ImageSourceError).hint).toMatch(/docker:NAME.*oci-archive:FILE/);
    }
  });

  it("says how to get an image from a registry", () => {
    const parse = () => parseImageSource("docker://debian:12");
    expect(parse).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("`docker pull debian:12`") }),
    );
  });
});
