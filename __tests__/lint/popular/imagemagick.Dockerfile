FROM alpine
RUN apk add --no-cache imagemagick ghostscript-fonts
VOLUME /imgs
WORKDIR /imgs
ENTRYPOINT ["magick"]
CMD ["-version"]
