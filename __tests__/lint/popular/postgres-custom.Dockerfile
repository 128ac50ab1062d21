FROM postgres:16
ENV POSTGRES_DB=app \
    POSTGRES_USER=app
COPY init.sql /docker-entrypoint-initdb.d/
HEALTHCHECK --interval=10s --timeout=5s CMD pg_isready -U app
