FROM ubuntu:20.04
RUN apt-get update && apt-get install -y openssh-server openjdk-11-jdk && mkdir /run/sshd
ADD https://archive.apache.org/dist/hadoop/common/hadoop-3.3.6/hadoop-3.3.6.tar.gz /opt/
ENV HDFS_NAMENODE_USER=root \
    FS_DEFAULT=hdfs://namenode:9000 \
    YARN_HOST=resourcemanager
VOLUME /data,/logs
EXPOSE 22 9870 8088
ONBUILD COPY conf /opt/hadoop/etc/hadoop
CMD ["/usr/sbin/sshd", "-D"]
