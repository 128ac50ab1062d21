FROM debian:bookworm-slim

RUN groupadd --system --gid 11211 memcache && useradd --system --gid memcache --uid 11211 memcache

ENV MEMCACHED_VERSION 1.6.37

COPY docker-entrypoint.sh /usr/local/bin/
RUN ln -s usr/local/bin/docker-entrypoint.sh /entrypoint.sh # backwards compat
ENTRYPOINT ["docker-entrypoint.sh"]

USER memcache
EXPOSE 11211
CMD ["memcached"]
