FROM alpine:3.20
ARG GF_UID="472"
ARG GF_GID="0"
ENV PATH="/usr/share/grafana/bin:$PATH" \
  GF_PATHS_CONFIG="/etc/grafana/grafana.ini" \
  GF_PATHS_DATA="/var/lib/grafana"
WORKDIR /usr/share/grafana
RUN apk add --no-cache ca-certificates bash curl tzdata musl-utils
EXPOSE 3000
COPY run.sh /run.sh
USER "$GF_UID"
ENTRYPOINT [ "/run.sh" ]
