FROM node
WORKDIR /app
COPY . .
VOLUME /app/node_modules
EXPOSE 3000
ENTRYPOINT npm install && npm run dev
