/** What `apt-cache show` says of a package, as far as it matters here. */
export interface PackageMetadata {
  readonly name: string;
  readonly version: string;
  /** Names of the packages that it depends on; of alternatives (`a | b`), the first. */
  readonly dependencies: readonly string[];
}

/**
 * The packages whose dependencies name the kernel to use, most preferred first. Debian's cloud flavour
 * is not among them: it has no 9p.
 */
export const KERNEL_META_PACKAGES = [
  "linux-image-amd64",
  "linux-image-virtual",
  "linux-image-generic",
] as const;

/** Names of packages that carry a kernel's image or its modules (`linux-modules-extra-...` included). */
const KERNEL_PACKAGE = /^linux-(image|modules)(-[a-z]+)?-\d[\w.+~-]*$/;

/**
 * Parses the stanzas that `apt-cache show` prints; of several versions of a package the first, which is
 * the candidate, counts.
 *
 * @see https://www.debian.org/doc/debian-policy/ch-controlfields.html
 */
export function parsePackageMetadata(text: string): PackageMetadata[] {
  const packages = new Map<string, PackageMetadata>();
  for (const stanza of text.split(/\n\s*\n/)) {
    const fields = parseFields(stanza);
    const name = fields.get("package");
    const version = fields.get("version");
    if (name === undefined || version === undefined || packages.has(name)) continue;
    packages.set(name, {
      name,
      version,
      dependencies: [fields.get("pre-depends"), fields.get("depends")].flatMap(parseDependencies),
    });
  }
  return [...packages.values()];
}

/** Of a kernel's dependencies, those that carry more of the same kernel: firmware and tools are left out. */
export function kernelPackagesAmong(dependencies: readonly string[]): string[] {
  return dependencies.filter((name) => KERNEL_PACKAGE.test(name) && !name.includes("-cloud-"));
}

function parseFields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let current: string | undefined;
  for (const line of stanza.split("\n")) {
    if (/^[ \t]/.test(line) && current !== undefined) {
      fields.set(current, `${fields.get(current) ?? ""} ${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(":");
    if (colon === -1) continue;
    current = line.slice(0, colon).toLowerCase();
    fields.set(current, line.slice(colon + 1).trim());
  }
  return fields;
}

function parseDependencies(field: string | undefined): string[] {
  return (field ?? "")
    .split(",")
    .map((dependency) => dependency.split("|")[0] ?? "")
    .map((dependency) => dependency.replace(/\(.*\)|:any/g, "").trim())
    .filter((name) => name !== "");
}
