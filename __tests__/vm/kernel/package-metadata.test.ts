import {
  kernelPackagesAmong,
  parsePackageMetadata,
} from "../../../src/vm/kernel/package-metadata.ts";

/** As `apt-cache show` prints them on Debian 12 and Ubuntu 24.04, shortened to the fields that are read. */
const DEBIAN_META = `Package: linux-image-amd64
Source: linux-signed-amd64 (6.1.192+2)
Version: 6.1.192-2
Architecture: amd64
Provides: linux-image-generic, linux-latest-modules-6.1.0-56-amd64
Depends: linux-image-6.1.0-56-amd64 (= 6.1.192-2)
Description: Linux for 64-bit PCs (meta-package)
 This package depends on the latest Linux kernel and modules.
`;

const UBUNTU_VIRTUAL = `Package: linux-image-virtual
Version: 6.8.0-31.31
Depends: linux-image-6.8.0-31-generic
Description-en: This package will always depend on the latest minimal generic kernel image.
`;

const UBUNTU_GENERIC = `Package: linux-image-generic
Version: 6.8.0-31.31
Depends: linux-image-6.8.0-31-generic, linux-modules-extra-6.8.0-31-generic, linux-firmware, intel-microcode, amd64-microcode
Recommends: thermald
`;

const UBUNTU_IMAGE = `Package: linux-image-6.8.0-31-generic
Version: 6.8.0-31.31
Depends: kmod, linux-base (>= 4.5ubuntu1~16.04.1), linux-modules-6.8.0-31-generic
Recommends: grub-pc | grub-efi-amd64 | grub-efi-ia32 | grub | lilo, initramfs-tools | linux-initramfs-tool
`;

test("Debian's metapackage names the kernel's package", () => {
  const [metadata] = parsePackageMetadata(DEBIAN_META);
  expect(metadata).toMatchObject({ name: "linux-image-amd64", version: "6.1.192-2" });
  expect(kernelPackagesAmong(metadata?.dependencies ?? [])).toEqual(["linux-image-6.1.0-56-amd64"]);
});

test("Ubuntu's kernel brings the package with its modules", () => {
  const [virtual] = parsePackageMetadata(UBUNTU_VIRTUAL);
  expect(kernelPackagesAmong(virtual?.dependencies ?? [])).toEqual([
    "linux-image-6.8.0-31-generic",
  ]);
  const [image] = parsePackageMetadata(UBUNTU_IMAGE);
  expect(kernelPackagesAmong(image?.dependencies ?? [])).toEqual([
    "linux-modules-6.8.0-31-generic",
  ]);
});

test("Ubuntu's generic metapackage brings the extra modules, not the firmware", () => {
  const [metadata] = parsePackageMetadata(UBUNTU_GENERIC);
  expect(kernelPackagesAmong(metadata?.dependencies ?? [])).toEqual([
    "linux-image-6.8.0-31-generic",
    "linux-modules-extra-6.8.0-31-generic",
  ]);
});

test("the cloud flavour, which has no 9p, is never taken", () => {
  expect(kernelPackagesAmong(["linux-image-6.1.0-56-cloud-amd64"])).toEqual([]);
});

test("of several versions of a package the candidate, which apt prints first, counts", () => {
  const older = DEBIAN_META.replaceAll("6.1.0-56", "6.1.0-55").replaceAll("6.1.192", "6.1.176");
  const metadata = parsePackageMetadata(`${DEBIAN_META}\n${older}`);
  expect(metadata.map(({ version }) => version)).toEqual(["6.1.192-2"]);
});

test("a dependency with alternatives, a version and an architecture is reduced to its name", () => {
  const [metadata] = parsePackageMetadata(
    "Package: a\nVersion: 1\nPre-Depends: dpkg:any (>= 1.17)\nDepends: linux-image-5-x | other,\n linux-modules-5-x (= 2)\n",
  );
  expect(metadata?.dependencies).toEqual(["dpkg", "linux-image-5-x", "linux-modules-5-x"]);
});
