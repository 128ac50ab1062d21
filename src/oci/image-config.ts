/**
 * The run configuration of a container image, the `config` object of the image's configuration.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md
 */
export interface RunConfig {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>;
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Volumes?: Readonly<Record<string, Record<string, never>>>;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
  /** Docker's additions (Healthcheck, OnBuild, Shell, ArgsEscaped, ...), kept as they are. */
  readonly [other: string]: unknown;
}
