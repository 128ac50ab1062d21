import { usableCaches } from "../../src/build/layer-caches.ts";

const JOB = {
  GITHUB_ACTIONS: "true",
  ACTIONS_RUNTIME_TOKEN: "t",
  ACTIONS_RESULTS_URL: "https://results.example.org/",
};
const WANTED = { cacheFrom: ["type=gha", "type=local,src=c"], cacheTo: ["type=gha,mode=max"] };

test("GitHub's cache is used in a job, and fails no build", () => {
  expect(usableCaches(WANTED, "docker-container", JOB)).toEqual({
    from: ["type=gha", "type=local,src=c"],
    to: ["type=gha,mode=max,ignore-error=true"],
  });
});

test.each([
  ["outside of a job", "docker-container", {}, "this is no workflow's job"],
  ["without access", "docker-container", { GITHUB_ACTIONS: "true" }, "gives no access"],
  ["with the engine's own builder", "docker", JOB, "docker/setup-buildx-action"],
])("it is left out %s, and other places are not", (_case, driver, environment, reason) => {
  const caches = usableCaches(WANTED, driver, environment);
  expect(caches).toMatchObject({ from: ["type=local,src=c"], to: [] });
  expect(caches.note).toContain(reason);
});

test("nothing is said where nothing was wanted", () => {
  expect(usableCaches({}, "docker", {})).toEqual({ from: [], to: [] });
});

test("what is chosen stays: a cache that has to be written, another type of a like name", () => {
  const chosen = { cacheTo: ["type=gha,ignore-error=false", "type=registry,ref=type=gha.example"] };
  expect(usableCaches(chosen, "docker-container", JOB).to).toEqual(chosen.cacheTo);
});
