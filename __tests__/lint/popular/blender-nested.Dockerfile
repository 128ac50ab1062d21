FROM ubuntu:22.04
RUN apt-get update && apt-get install -y blender
COPY scenes/ /golem/resource/scenes/
VOLUME ["/golem", "/golem/resource", "/golem/output"]
WORKDIR /golem/work
ENTRYPOINT ["blender", "-b"]
