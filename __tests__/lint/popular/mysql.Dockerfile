FROM oraclelinux:9-slim

RUN set -eux; \
  groupadd --system --gid 999 mysql; \
  useradd --system --uid 999 --gid 999 --home-dir /var/lib/mysql --no-create-home mysql

ENV GOSU_VERSION 1.17
ENV MYSQL_MAJOR 8.4
ENV MYSQL_VERSION 8.4.4-1.el9

RUN microdnf install -y "mysql-community-server-minimal-$MYSQL_VERSION"

VOLUME /var/lib/mysql

COPY docker-entrypoint.sh /usr/local/bin/
ENTRYPOINT ["docker-entrypoint.sh"]

EXPOSE 3306 33060
CMD ["mysqld"]
