import { inspect } from "node:util";
import { PublishError } from "../../../src/errors.ts";
import { HttpCredentials } from "../../../src/publish/http/http-credentials.ts";
import { HttpTarget } from "../../../src/publish/http/http-target.ts";

const url = "https://images.example.org/golem/";
const server = new URL(url);
const origin = "https://images.example.org";
const token = "s3cret-token";

test("a token is for the server that PUBLISH_HTTP_ORIGIN names, and for no other", () => {
  const environment = { PUBLISH_HTTP_TOKEN: token, PUBLISH_HTTP_ORIGIN: origin };
  const credentials = new HttpCredentials(environment, server);
  expect(credentials.headers).toEqual({ authorization: `Bearer ${token}` });
  for (const PUBLISH_HTTP_ORIGIN of [
    "",
    "https://other.example.org",
    "http://images.example.org",
  ]) {
    expect(
      () => new HttpTarget({ url, environment: { ...environment, PUBLISH_HTTP_ORIGIN } }),
    ).toThrow(/not sent to https:\/\/images.example.org/);
  }
});

test("credentials are not sent unencrypted", () => {
  const environment = {
    PUBLISH_HTTP_USER: "alice",
    PUBLISH_HTTP_PASSWORD: token,
    PUBLISH_HTTP_ORIGIN: "http://images.example.org",
  };
  expect(() => new HttpTarget({ url: "http://images.example.org/", environment })).toThrow(
    /not encrypted/,
  );
});

test.each([
  { PUBLISH_HTTP_USER: "alice" },
  { PUBLISH_HTTP_PASSWORD: token },
  { PUBLISH_HTTP_USER: "alice", PUBLISH_HTTP_PASSWORD: token, PUBLISH_HTTP_TOKEN: token },
  { PUBLISH_HTTP_TOKEN: `${token}\n` },
  { PUBLISH_HTTP_USER: "a:b", PUBLISH_HTTP_PASSWORD: token },
])("%j are no credentials, and the message has no secret in it", (environment) => {
  const make = () => new HttpCredentials({ ...environment, PUBLISH_HTTP_ORIGIN: origin }, server);
  expect(make).toThrow(PublishError);
  expect(make).not.toThrow(new RegExp(token));
});

test("credentials are printed by nothing", () => {
  const environment = {
    PUBLISH_HTTP_USER: "alice",
    PUBLISH_HTTP_PASSWORD: token,
    PUBLISH_HTTP_ORIGIN: origin,
  };
  const credentials = new HttpCredentials(environment, server);
  const basic = Buffer.from(`alice:${token}`).toString("base64");
  expect(credentials.headers).toEqual({ authorization: `Basic ${basic}` });
  for (const text of [inspect(credentials), JSON.stringify(credentials), `${credentials}`]) {
    expect(text).not.toContain(token);
    expect(text).not.toContain(basic);
  }
  expect(credentials.redact(`no ${token} or ${basic} here`)).toBe("no *** or *** here");
});

test("without credentials files are put anonymously, anywhere", () => {
  expect(new HttpCredentials({}, new URL("http://intranet/")).headers).toEqual({});
});
