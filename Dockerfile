# Two stages: the first bundles the browser's assets, the second runs Python only.
FROM node:20-bookworm-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY web/assets web/assets
RUN npm run build

FROM python:3.11-slim-bookworm
WORKDIR /srv/adolygu
RUN useradd --system --create-home adolygu && mkdir /srv/uploads && chown adolygu /srv/uploads
COPY requirements.lock pyproject.toml README.md ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY engine engine
COPY web web
COPY processes processes
COPY forms forms
COPY --from=assets /build/web/static/build web/static/build
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .
USER adolygu
EXPOSE 8000
CMD ["adolygu", "serve", "--host", "0.0.0.0", "--port", "8000"]
