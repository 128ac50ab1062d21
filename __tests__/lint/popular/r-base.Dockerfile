FROM debian:testing
ENV LC_ALL en_US.UTF-8
ENV LANG en_US.UTF-8
ENV R_BASE_VERSION 4.4.3
RUN apt-get update && apt-get install -y --no-install-recommends r-base=${R_BASE_VERSION}-*
CMD ["R"]
