FROM python:3.11-slim
RUN apt-get update && apt-get install -y ffmpeg && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir openai-whisper
RUN python -c "import whisper; whisper.load_model('base', download_root='/models')"
VOLUME /data
WORKDIR /data
ENTRYPOINT ["whisper", "--model_dir", "/models"]
