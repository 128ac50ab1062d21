import type { Availability, Builder, BuilderName } from "../../src/build/builder.ts";
import { chooseBuilder } from "../../src/build/choose-builder.ts";
import { MissingToolError } from "../../src/errors.ts";

const build = () => Promise.reject(new Error("not built here"));
const works = (description: string): Availability => ({ isUsable: true, description, build });
const fails = (reason: string): Availability => ({
  isUsable: false,
  reason,
  cure: `Mend ${reason}.`,
});

/** Builders in order, with what each answers. */
const builders = (answers: Partial<Record<BuilderName, Availability>>): Builder[] =>
  Object.entries(answers).map(([name, availability]) => ({
    name: name as BuilderName,
    probe: async () => availability,
  }));

describe("chooseBuilder", () => {
  it("takes the first that works, and says why not those before it", async () => {
    const candidates = builders({
      buildx: fails("no component"),
      docker: fails("no engine"),
      buildah: works("buildah 1.2"),
    });
    const chosen = await chooseBuilder("auto", candidates);
    expect(chosen.name).toBe("buildah");
    expect(chosen.reason).toBe(
      "Builds with buildah (buildah 1.2). Not buildx: no component. Not docker: no engine.",
    );
  });

  it("asks none but the first that works", async () => {
    const [first, ...others] = builders({ buildx: works("x"), docker: works("y") });
    const untouched = others.map((other) => ({
      ...other,
      probe: () => Promise.reject(new Error("asked")),
    }));
    const chosen = await chooseBuilder("auto", [...(first ? [first] : []), ...untouched]);
    expect(chosen.reason).toBe("Builds with buildx (x).");
  });

  it("takes the one that was asked for, without asking the others", async () => {
    const candidates = builders({ buildx: works("x"), docker: works("Docker engine 28") });
    expect((await chooseBuilder("docker", candidates)).reason).toBe(
      "Builds with docker (Docker engine 28).",
    );
  });

  it("does not replace the one that was asked for", async () => {
    const candidates = builders({ docker: fails("no engine"), buildah: works("b") });
    const choice = chooseBuilder("docker", candidates);
    await expect(choice).rejects.toBeInstanceOf(MissingToolError);
    await expect(choice).rejects.toMatchObject({
      message: "Cannot build with docker: no engine.",
      hint: "Mend no engine. Or let `auto` choose a builder.",
    });
  });

  it("lists every reason and cure when none works", async () => {
    const candidates = builders({ docker: fails("no engine"), buildah: fails("no namespaces") });
    const choice = chooseBuilder("auto", candidates);
    await expect(choice).rejects.toBeInstanceOf(MissingToolError);
    await expect(choice).rejects.toMatchObject({
      details: "docker: no engine. Mend no engine.\nbuildah: no namespaces. Mend no namespaces.",
    });
  });
});
