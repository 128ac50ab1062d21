FROM tensorflow/tensorflow:2.16.1

RUN apt-get update \
    # what the examples need
 && apt-get install -y --no-install-recommends \
      graphviz \
      unzip 

WORKDIR /golem/work
VOLUME ["/golem/work"]
ENV TF_CPP_MIN_LOG_LEVEL=2 \
    TF_ENABLE_ONEDNN_OPTS=0
