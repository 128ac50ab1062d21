import type { FinalImage } from "../../dockerfile/final-image.ts";
import type { RunConfig } from "../../oci/image-config.ts";

export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** What a container engine would start of an image, and a requestor has to. */
export interface ServiceDescription {
  /** ENTRYPOINT and CMD together; empty when there is nothing to start. */
  readonly argv: readonly string[];
  readonly variables: readonly Variable[];
  /** Names of variables whose values only the build knows. */
  readonly unknownVariables: readonly string[];
  /** As USER says it; absent for root. */
  readonly user?: string;
  /** Such as `80/tcp`. */
  readonly ports: readonly string[];
}

/** The service of an image, by its run configuration. */
export function serviceOfImage(config: RunConfig): ServiceDescription {
  const variables = (config.Env ?? []).flatMap((pair) => {
    const equals = pair.indexOf("=");
    return equals < 1 ? [] : [{ name: pair.slice(0, equals), value: pair.slice(equals + 1) }];
  });
  return {
    argv: [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])],
    variables,
    unknownVariables: [],
    ...asUser(config.User),
    ports: Object.keys(config.ExposedPorts ?? {}),
  };
}

/** The service of the image that a Dockerfile builds, as far as the file alone tells. */
export function serviceOfDockerfile(image: FinalImage): ServiceDescription {
  const { entrypoint, command, variables, user, ports } = image;
  return {
    argv: [...(entrypoint?.argv ?? []), ...(command?.argv ?? [])],
    variables: variables.flatMap(({ name, value }) =>
      value === undefined ? [] : [{ name, value }],
    ),
    unknownVariables: variables.flatMap(({ name, value }) => (value === undefined ? [name] : [])),
    ...asUser(user?.value ?? user?.written),
    ports: ports.flatMap(({ value }) => value),
  };
}

function asUser(user: string | undefined): Pick<ServiceDescription, "user"> {
  const isRoot = user === undefined || /^(|root|0)(:(root|0)?)?$/.test(user);
  return isRoot ? {} : { user };
}
