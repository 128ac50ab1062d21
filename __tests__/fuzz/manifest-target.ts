import {
  dockerArchive,
  file,
  gzipped,
  INDEX_TYPE,
  plain,
  sha256,
  TestLayout,
} from "../support/archives.ts";
import type { Random } from "../support/random.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { mutate } from "./mutate.ts";
import { readArchive } from "./read-archive.ts";

const LAYERS = [gzipped([file("a", "1"), file("b", "2")]), plain([file(".wh.a", "")])];
const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e300,
  "",
  "sha256:../../x",
  "../../etc/passwd",
  "__proto__",
  [],
  [null],
  {},
  { digest: "", size: 0 },
  "x".repeat(5000),
];

/** Archives of all kinds whose documents are changed in structure or damaged, below digests that are right. */
export const manifestTarget: FuzzTarget = {
  make(random) {
    const edit = (document: object) => (random.chance(0.5) ? change(random, document) : document);
    if (random.chance(0.25)) {
      return dockerArchive(LAYERS, { editConfig: edit, editImages: edit });
    }
    const layout = new TestLayout();
    const image = layout.addImage(LAYERS, { editConfig: edit, editManifest: edit });
    const nested = { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [image] };
    layout.setIndex([
      random.chance(0.3) ? layout.addJson(edit(nested), INDEX_TYPE) : edit(image),
      ...(random.chance(0.1) ? [image] : []),
    ]);
    if (random.chance(0.4)) damageFile(random, layout);
    const archive = layout.toArchive();
    return random.chance(0.1) ? mutate(random, archive) : archive;
  },
  read: readArchive,
};

function damageFile(random: Random, layout: TestLayout): void {
  const name = random.pick([...layout.files.keys()]);
  const bytes = mutate(random, layout.files.get(name) as Buffer);
  layout.files.set(name, bytes);
  if (random.chance(0.5)) layout.files.set(`blobs/sha256/${sha256(bytes)}`, bytes);
}

// biome-ignore lint/suspicious/noExplicitAny: documents become what no type allows
type Json = any;

/** Replaces, adds or removes something anywhere in a document. */
function change(random: Random, document: Json): Json {
  const copy = structuredClone(document);
  const places: [parent: Json, key: string][] = [];
  const visit = (value: Json) => {
    if (typeof value !== "object" || value === null) return;
    for (const key of Object.keys(value)) {
      places.push([value, key]);
      visit(value[key]);
    }
  };
  visit(copy);
  if (places.length === 0) return random.pick(VALUES);
  for (let count = 1 + random.below(2); count > 0; count--) {
    const [parent, key] = random.pick(places);
    if (random.chance(0.2)) delete parent[key];
    else if (random.chance(0.3)) parent[key] = random.pick(places)[0];
    else parent[key] = random.pick(VALUES);
  }
  try {
    JSON.stringify(copy);
    return copy;
  } catch {
    // It contains itself.
    return random.pick(VALUES);
  }
}
