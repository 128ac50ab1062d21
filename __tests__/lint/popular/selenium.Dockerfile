FROM ubuntu:noble-20250127
LABEL authors="Browser Team"
ARG UBUNTU_CODENAME=noble
USER root
ENV DEBIAN_FRONTEND=noninteractive \
    DEBCONF_NONINTERACTIVE_SEEN=true
RUN apt-get -qqy update && apt-get -qqy --no-install-recommends install supervisor xvfb firefox \
  && chmod 4755 /usr/bin/sudo
ENV SE_EVENT_BUS_HOST=selenium-hub \
    SE_EVENT_BUS_PUBLISH_PORT=4442
RUN useradd seluser
USER seluser
HEALTHCHECK --interval=15s CMD /opt/bin/check-grid.sh --host 0.0.0.0 --port 4444
CMD ["/opt/bin/entry_point.sh"]
