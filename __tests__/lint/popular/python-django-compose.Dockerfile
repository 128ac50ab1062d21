FROM python:3.11
ENV PYTHONUNBUFFERED 1
ENV DATABASE_URL postgres://app:secret@db:5432/app
ENV REDIS_HOST redis
ENV DJANGO_SETTINGS_MODULE=config.settings
WORKDIR /code
COPY requirements.txt /code/
RUN pip install --no-cache-dir -r requirements.txt
COPY . /code/
EXPOSE 8000
CMD ["sh", "-c", "./wait-for-it.sh db:5432 -- python manage.py migrate && gunicorn config.wsgi:application --bind 0.0.0.0:${PORT:-8000}"]
