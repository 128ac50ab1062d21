FROM php:8.2-apache

# persistent dependencies
RUN set -eux; \
	apt-get update; \
	apt-get install -y --no-install-recommends ghostscript; \
	rm -rf /var/lib/apt/lists/*

ENV WORDPRESS_DB_HOST=mysql \
    WORDPRESS_DB_USER=wordpress

VOLUME /var/www/html

COPY --chown=www-data:www-data wp-config-docker.php /usr/src/wordpress/
COPY docker-entrypoint.sh /usr/local/bin/

ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["apache2-foreground"]
