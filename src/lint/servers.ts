import type { Place } from "../dockerfile/source-text.ts";
import type { EntryMetadata } from "../oci/entry.ts";
import { effectiveCommands } from "./effective-commands.ts";
import { basePlace } from "./effective-image.ts";
import { followLinks, imageFiles } from "./image-files.ts";
import type { LintContext } from "./rule.ts";

/** A program of which it is known how it treats users and files. */
export interface Server {
  readonly name: string;
  /** Base names of its programs. */
  readonly programs: readonly string[];
  /** Repositories of Docker Hub whose images start it. */
  readonly images: readonly string[];
  /** Whether it, or its image's entry script, gives up root by itself. */
  readonly dropsPrivileges: boolean;
  /** Directories of its data, where it needs locks, mmap or hard links. */
  readonly data: readonly string[];
  /** The variables that say where its data is. */
  readonly dataVariables: readonly string[];
}

const server = (name: string, properties: Partial<Server>): Server => ({
  name,
  programs: [],
  images: [],
  dropsPrivileges: false,
  data: [],
  dataVariables: [],
  ...properties,
});

export const SERVERS: readonly Server[] = [
  server("nginx", { programs: ["nginx"], images: ["nginx"], dropsPrivileges: true }),
  server("Apache", {
    programs: ["apache2", "httpd", "apache2-foreground", "httpd-foreground"],
    images: ["httpd"],
    dropsPrivileges: true,
  }),
  server("PHP-FPM", {
    programs: ["php-fpm", ...["7.4", "8.1", "8.2", "8.3", "8.4"].map((of) => `php-fpm${of}`)],
    dropsPrivileges: true,
  }),
  server("PostgreSQL", {
    programs: ["postgres"],
    images: ["postgres", "postgis/postgis", "timescale/timescaledb", "pgvector/pgvector"],
    dropsPrivileges: true,
    data: ["/var/lib/postgresql"],
    dataVariables: ["PGDATA"],
  }),
  server("MySQL", {
    programs: ["mysqld"],
    images: ["mysql"],
    dropsPrivileges: true,
    data: ["/var/lib/mysql"],
  }),
  server("MariaDB", {
    programs: ["mariadbd"],
    images: ["mariadb"],
    dropsPrivileges: true,
    data: ["/var/lib/mysql"],
  }),
  server("MongoDB", {
    programs: ["mongod"],
    images: ["mongo"],
    data: ["/data/db", "/var/lib/mongodb"],
  }),
  server("Redis", { images: ["redis", "valkey/valkey"], dropsPrivileges: true }),
  server("RabbitMQ", { images: ["rabbitmq"], dropsPrivileges: true }),
  server("Squid", { programs: ["squid"], dropsPrivileges: true }),
  server("BIND", { programs: ["named"], dropsPrivileges: true }),
  server("Elasticsearch", {
    images: ["elasticsearch"],
    data: ["/usr/share/elasticsearch/data", "/var/lib/elasticsearch"],
  }),
  server("Cassandra", {
    programs: ["cassandra"],
    images: ["cassandra"],
    data: ["/var/lib/cassandra"],
  }),
  server("ClickHouse", {
    programs: ["clickhouse-server"],
    images: ["clickhouse/clickhouse-server", "clickhouse"],
    data: ["/var/lib/clickhouse"],
  }),
  server("InfluxDB", {
    programs: ["influxd"],
    images: ["influxdb"],
    data: ["/var/lib/influxdb", "/var/lib/influxdb2"],
  }),
  server("etcd", { programs: ["etcd"], data: ["/var/lib/etcd"], dataVariables: ["ETCD_DATA_DIR"] }),
  server("Prometheus", {
    programs: ["prometheus"],
    images: ["prom/prometheus"],
    data: ["/prometheus"],
  }),
];

/** A server that the image has, and why that is believed. */
export interface FoundServer {
  readonly server: Server;
  /** Such as `/usr/sbin/nginx`, or `FROM nginx`. */
  readonly evidence: string;
  readonly place: Place;
}

/** The known servers that an image starts, is based on, or has a program of. */
export function findServers(context: LintContext): FoundServer[] {
  return SERVERS.flatMap((known) => {
    const found = startedBy(context, known) ?? inBase(context, known) ?? inFiles(context, known);
    return found ? [{ server: known, ...found }] : [];
  });
}

type Evidence = Omit<FoundServer, "server">;

function startedBy(context: LintContext, { programs }: Server): Evidence | undefined {
  for (const { argv, place, source } of effectiveCommands(context)) {
    const program = argv[0]?.split("/").at(-1) ?? "";
    if (programs.includes(program)) return { evidence: `${source} ${program}`, place };
  }
  return undefined;
}

function inBase(context: LintContext, { images }: Server): Evidence | undefined {
  const repository = baseRepository(context);
  if (repository === undefined || !images.includes(repository)) return undefined;
  return { evidence: `FROM ${repository}`, place: basePlace(context) };
}

/** The repository of Docker Hub that the Dockerfile starts from, such as `nginx` or `prom/prometheus`. */
export function baseRepository({ declared }: LintContext): string | undefined {
  if (!declared || declared.isFromScratch) return undefined;
  const name = declared.base.value.replace(/@.*$/, "").replace(/:[^/]*$/, "");
  return name.replace(/^(index\.)?docker\.io\//, "").replace(/^library\//, "");
}

const PROGRAM_DIRECTORIES = [
  "/usr/sbin",
  "/usr/bin",
  "/usr/local/bin",
  "/usr/local/sbin",
  "/usr/local/apache2/bin",
  "/usr/libexec",
  // Debian keeps PostgreSQL's programs by version.
  ...Array.from({ length: 13 }, (_, version) => `/usr/lib/postgresql/${version + 9}/bin`),
];

function inFiles(context: LintContext, { programs }: Server): Evidence | undefined {
  for (const program of programs) {
    const found = findProgram(context, program);
    if (!found || isMultiCallProgram(found.entry)) continue;
    return { evidence: found.name, place: basePlace(context) };
  }
  return undefined;
}

/** Small programs that go by the names of large ones, such as busybox as httpd. */
export function isMultiCallProgram({ path }: EntryMetadata): boolean {
  return /(^|\/)(busybox|toybox)[^/]*$/.test(path);
}

/** A program by its base name, where packages and images put programs. */
export function findProgram(
  { entries }: LintContext,
  program: string,
): { readonly name: string; readonly entry: EntryMetadata } | undefined {
  if (!entries) return undefined;
  const files = imageFiles(entries);
  for (const directory of [...PROGRAM_DIRECTORIES, "/bin", "/sbin"]) {
    const name = `${directory}/${program}`;
    const entry = followLinks(files, name);
    if (entry?.type === "file") return { name, entry };
  }
  return undefined;
}
