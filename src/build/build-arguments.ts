import { BuildError } from "../errors.ts";

/** What the builders themselves, or the programs that they start, read from their environment. */
const RESERVED_NAMES = new Set(
  `PATH HOME USER SHELL IFS ENV TMPDIR XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR
  GODEBUG GOTRACEBACK GOCOVERDIR SSH_AUTH_SOCK SSL_CERT_FILE SSL_CERT_DIR
  DOCKER_API_VERSION DOCKER_AUTH_CONFIG DOCKER_BUILDKIT DOCKER_CERT_PATH DOCKER_CLI_HINTS DOCKER_CONFIG
  DOCKER_CONTENT_TRUST DOCKER_CONTENT_TRUST_SERVER DOCKER_CONTEXT DOCKER_CUSTOM_HEADERS
  DOCKER_DEFAULT_PLATFORM DOCKER_HOST DOCKER_TLS DOCKER_TLS_VERIFY
  BUILDKIT_COLORS BUILDKIT_HOST BUILDKIT_PROGRESS BUILDKIT_TTY_LOG_LINES
  STORAGE_DRIVER STORAGE_OPTS REGISTRY_AUTH_FILE`.split(/\s+/),
);
const RESERVED_PREFIXES = /^(?:LD_|BUILDX_|BUILDAH_|CONTAINERS_|_CONTAINERS_|_BUILDAH)/;

/**
 * Build arguments as flags and environment: a flag that is a name alone takes its value from the
 * environment, so that values are in no list of processes.
 *
 * @throws {BuildError} for a name that cannot be passed so
 * @see https://docs.docker.com/reference/cli/docker/buildx/build/#build-arg
 */
export function passBuildArguments(args: Readonly<Record<string, string>>): {
  flags: string[];
  environment: Record<string, string>;
} {
  for (const [name, value] of Object.entries(args)) checkArgument(name, value);
  return {
    flags: Object.keys(args).map((name) => `--build-arg=${name}`),
    environment: { ...args },
  };
}

function checkArgument(name: string, value: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) {
    throw new BuildError(`Invalid build argument name: ${JSON.stringify(name)}.`, {
      hint: "A name has letters, digits and underscores, as ARG in the Dockerfile has it.",
    });
  }
  if (RESERVED_NAMES.has(name) || RESERVED_PREFIXES.test(name)) {
    throw new BuildError(
      `The build argument ${name} cannot be passed: it would change the builder itself, whose environment carries it.`,
      { hint: `Give it another name in the Dockerfile (ARG) and in the settings.` },
    );
  }
  if (value.includes("\0")) {
    throw new BuildError(`The value of the build argument ${name} has a NUL character.`);
  }
}
