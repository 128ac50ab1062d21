FROM debian:12.9-slim@sha256:1209d8fd77def86ceb6663deef7956481cc6c14a25e1e64daec12c0ceffcc19d
RUN apt-get update && apt-get install -y --no-install-recommends bc && rm -rf /var/lib/apt/lists/*
COPY compute /opt/golem/compute
VOLUME /golem/input /golem/output
WORKDIR /golem/output
