# Two images of one recipe:
#
#     docker build -t snapcite:0.1.0 .                                              the light one
#     docker build -t snapcite:0.1.0-gpu --build-arg REQUIREMENTS=gpu .             with PyTorch
#
# The light one has no PyTorch, but the clients of a model server, Redis and OpenTelemetry. The one
# for GPUs (about 8 GB) adds PyTorch with CUDA, open_clip and transformers, so that a real CLIP and
# Qwen3-VL run in it; the GPU's driver comes from the host by the NVIDIA Container Toolkit.
# Models beyond the bundled starter are mounted, not built in (docs/operations.md).
FROM python:3.12-slim-bookworm AS build
ARG REQUIREMENTS=server
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements/build.txt requirements/server.txt requirements/gpu.txt requirements/
RUN pip install --no-cache-dir --require-hashes --requirement requirements/build.txt \
    --requirement requirements/${REQUIREMENTS}.txt
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
# Every load looks at files alone; only `snapcite models pull` asks a hub.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 SNAPCITE_INDEX=/var/lib/snapcite/index \
    HF_HOME=/models/huggingface NVIDIA_DRIVER_CAPABILITIES=compute,utility
USER snapcite
VOLUME /var/lib/snapcite
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/ready', timeout=2)"]
ENTRYPOINT ["snapcite"]
CMD ["serve", "--host", "0.0.0.0"]
