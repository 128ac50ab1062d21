FROM debian:bookworm-slim

ENV BLENDER_VERSION=4.2.3
RUN apt-get update && apt-get install -y --no-install-recommends \
        curl xz-utils libxi6 libxrender1 libxxf86vm1 libxfixes3 libgl1 libsm6 libxkbcommon0 \
    && curl -fsSL "https://download.blender.org/release/Blender4.2/blender-${BLENDER_VERSION}-linux-x64.tar.xz" \
       | tar -xJ -C /opt \
    && mv "/opt/blender-${BLENDER_VERSION}-linux-x64" /opt/blender \
    && rm -rf /var/lib/apt/lists/*

COPY run-blender.sh /golem/entrypoints/
VOLUME /golem/work /golem/output /golem/resource
WORKDIR /golem/work
