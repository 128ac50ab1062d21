import { imageFindings, messagesOf, program } from "../image-findings.ts";
import { findingsOf } from "../lint-text.ts";

describe("variables", () => {
  test.each([
    ["DB_HOST=db", "db (db)"],
    ["MYSQL_HOSTNAME=mysql-primary", "mysql-primary"],
    ["API=http://api:8080", "api (http://api:8080)"],
    ["API=http://api/v1?x=1", "api (http://api)"],
    [
      "DATABASE_URL=postgresql+asyncpg://me:secret@db:5432/app",
      "db (postgresql+asyncpg://db:5432)",
    ],
    ["REDIS_ADDR=redis:6379", "redis (redis:6379)"],
    ["KAFKA_BROKERS=kafka:9092,10.0.0.4:9092", "kafka (kafka:9092)"],
    ["JDBC=jdbc:mysql://mysql/app", "mysql"],
    ["HTTP_PROXY=http://proxy:3128", "proxy"],
  ])("%s names a machine: %s", (variable, expected) => {
    const [finding, ...others] = findingsOf("GVM016", `FROM a:1\nENV ${variable}\n`);
    expect(finding).toMatchObject({ severity: "warning", line: 2 });
    expect(finding?.message).toContain(expected);
    expect(finding?.message).not.toContain("secret");
    expect(others).toEqual([]);
  });

  test.each([
    ...["DB_HOST=10.0.0.3", "DB_HOST=localhost", "DB_HOST=", "API=http://127.0.0.1:80", "HOST=web"],
    ...["API=https://api.example.org/v1", "ASPNETCORE_URLS=http://+:8080", "VIRTUAL_HOST=web"],
    ...["URL=sqlite:///data.db", "BUCKET=s3://bucket/key", "TAG=redis:7", "LISTEN=http://[::1]:80"],
    ...["SOCKET=unix:///run/app.sock", "MODE=http", "GREETING=http://", "NAME=api:8080"],
  ])("%s does not", (variable) => {
    expect(findingsOf("GVM016", `FROM a:1\nENV ${variable}\n`)).toEqual([]);
  });
});

describe("commands and entry scripts", () => {
  test.each([
    'CMD ["wait-for-it.sh", "db:5432", "--", "app"]',
    "CMD until nc -z db 5432; do sleep 1; done; app",
    'ENTRYPOINT ["app", "--backend", "http://backend:8000/"]',
  ])("%s", (instruction) => {
    expect(findingsOf("GVM016", `FROM a:1\n${instruction}\n`)).toHaveLength(1);
  });

  test("scripts of the image are read", () => {
    const script = program("#!/bin/sh\n# curl http://old:80/\ncurl http://auth:9000/ready\n");
    const image = { config: { Entrypoint: ["/entry.sh"] }, files: { "entry.sh": script } };
    expect(messagesOf("GVM016", image)).toEqual([
      expect.stringContaining("/entry.sh names the machine auth (http://auth:9000)"),
    ]);
  });
});

describe("configuration files", () => {
  const find = (path: string, content: string) =>
    imageFindings("GVM016", { files: { [path]: content } });

  test("are worth knowing, with file and line", () => {
    const [finding] = find(
      "app/config.yml",
      "a: 1\n# http://old:1\nelastic: http://elastic:9200\n",
    );
    expect(finding?.severity).toBe("info");
    expect(finding?.message).toContain("/app/config.yml, line 3, names the machine elastic");
  });

  test.each([
    ["etc/nginx/nginx.conf", "upstream backend { server 10.0.0.1; }\nproxy_pass http://backend/;"],
    ["etc/nginx/conf.d/a.conf", "  # proxy_pass http://api:80/;"],
    ["app/docker-compose.yml", "URL: http://api:80/"],
    ["usr/share/app/app.conf", "url = http://api:80/"],
    ["app/node_modules/x/config.yml", "url: http://api:80/"],
    ["app/tests/config.yml", "url: http://api:80/"],
    ["app/main.go", 'const url = "http://api:80/"'],
    ["app/config.toml", 'url = "http://api.example.org:80/"'],
    ["app/config.yml", `url: http://api:80/\n${"#".repeat(70_000)}`],
  ])("%s with %j says nothing", (path, content) => {
    expect(find(path, content)).toEqual([]);
  });

  test("a hundred of them do not fill the report", () => {
    const files = Object.fromEntries(
      Array.from({ length: 100 }, (_, number) => [`app/${number}.yml`, "url: http://api:80/"]),
    );
    expect(imageFindings("GVM016", { files })).toHaveLength(20);
  });
});
