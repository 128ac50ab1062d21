FROM debian:testing-slim
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y texlive-full latexmk biber \
 && apt-get clean && rm -rf /var/lib/apt/lists/* \
 && rm -rf /tmp/*
WORKDIR /workdir
VOLUME [ "/workdir" ]
CMD ["/bin/bash"]
