# The light image: no PyTorch, no GPU, but the clients of a model server, Redis and OpenTelemetry.
# Models beyond the bundled starter are mounted, not built in.
FROM python:3.12-slim-bookworm AS build
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements/build.txt requirements/server.txt requirements/
RUN pip install --no-cache-dir --require-hashes --requirement requirements/build.txt \
    --requirement requirements/server.txt
COPY pyproject.toml README.md ./
COPY knowledge knowledge
COPY vlm vlm
COPY indexer indexer
COPY search search
COPY api api
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .

FROM python:3.12-slim-bookworm
RUN useradd --uid 10001 --create-home snapcite
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY data data
RUN install -d -o snapcite -g snapcite /var/lib/snapcite
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 SNAPCITE_INDEX=/var/lib/snapcite/index
USER snapcite
VOLUME /var/lib/snapcite
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/ready', timeout=2)"]
ENTRYPOINT ["snapcite"]
CMD ["serve", "--host", "0.0.0.0"]
