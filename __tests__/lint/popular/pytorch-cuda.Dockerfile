FROM nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04
ENV DEBIAN_FRONTEND=noninteractive \
    PIP_NO_CACHE_DIR=1
RUN apt-get update && apt-get install -y python3-pip git && rm -rf /var/lib/apt/lists/*
RUN pip3 install torch torchvision --index-url https://download.pytorch.org/whl/cu124
ENV HF_HOME=/models \
    NVIDIA_VISIBLE_DEVICES=all
WORKDIR /workspace
COPY . .
VOLUME /output
CMD ["python3", "generate.py"]
