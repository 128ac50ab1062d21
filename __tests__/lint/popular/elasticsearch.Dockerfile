FROM ubuntu:20.04
ARG JAVA_HOME=/usr/share/elasticsearch/jdk
WORKDIR /usr/share/elasticsearch
COPY --chown=0:0 . .
ENV ELASTIC_CONTAINER true
RUN groupadd -g 1000 elasticsearch && adduser --uid 1000 --gid 1000 --home /usr/share/elasticsearch elasticsearch
ENV PATH /usr/share/elasticsearch/bin:$PATH
ENV SHELL /bin/bash
COPY bin/docker-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
EXPOSE 9200 9300
USER elasticsearch:root
ENTRYPOINT ["/bin/tini", "--", "/usr/local/bin/docker-entrypoint.sh"]
CMD ["eswrapper"]
