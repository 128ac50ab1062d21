FROM python:3.12
WORKDIR /app
COPY . .
COPY <<"EOF" /start.sh
#!/bin/sh
set -e
pip install -r requirements.txt
exec python main.py --level "$LOG_LEVEL"
EOF
ENV LOG_LEVEL=info
RUN chmod +x /start.sh
ENTRYPOINT ["/start.sh"]
