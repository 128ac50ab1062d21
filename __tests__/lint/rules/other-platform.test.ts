// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Dockerfiles
import { lint } from "../../../src/lint/lint.ts";
import { findingsOf, placesOf } from "../lint-text.ts";

test.each([
  ["FROM --platform=linux/arm64 debian", ["1:1"]],
  ["FROM --platform=windows/amd64 x", ["1:1"]],
  ["FROM --platform=linux/386 debian", ["1:1"]],
  ["ARG P=linux/arm/v7\nFROM --platform=$P debian", ["2:1"]],
  ["FROM arm64v8/debian:12", ["1:6"]],
  ["FROM docker.io/arm32v7/nginx", ["1:6"]],
  ["FROM mcr.microsoft.com/windows/servercore:ltsc2022", ["1:6"]],
  ["FROM mcr.microsoft.com/dotnet/runtime:8.0-nanoserver-1809", ["1:6"]],
  ["FROM --platform=linux/arm64 debian AS a\nFROM a", ["1:1"]],
  ["FROM --platform=linux/arm64 golang AS build\nFROM scratch\nCOPY --from=build /a /", []],
  ["FROM --platform=linux/amd64 debian", []],
  ["FROM --platform=$TARGETPLATFORM debian", []],
  ["FROM --platform=$BUILDPLATFORM debian", []],
  ["ARG P\nFROM --platform=${P:?} debian", []],
  ["FROM mcr.microsoft.com/dotnet/runtime:8.0", []],
  ["FROM example/arm64v8/x", []],
])("%j is at fault at %j", (text, places) => {
  expect(placesOf("GVM018", text)).toEqual(places);
});

test.each([
  [
    { os: "linux", architecture: "arm64", variant: "v8" },
    "The image is for linux/arm64/v8; the VMs of providers are linux/amd64.",
  ],
  [
    { os: "windows", architecture: "amd64" },
    "The image is for windows/amd64; the VMs of providers are linux/amd64.",
  ],
  [{ os: "linux", architecture: "amd64" }, undefined],
])("an image says what it is for: %j", (platform, message) => {
  const image = { name: "i", config: {}, platform };
  const text = "FROM debian";
  const [finding] = lint({ image, dockerfile: { path: "D", text } }).filter(
    ({ rule }) => rule === "GVM018",
  );
  expect(finding?.message).toBe(message);
});

test("it is an error", () => {
  expect(findingsOf("GVM018", "FROM i386/debian")[0]?.severity).toBe("error");
});
