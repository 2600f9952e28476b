# syntax=docker/dockerfile:1
# A program that a person pastes runs as a child of this container's server, behind Landlock and seccomp; the container
# is one more wall around it. See SECURITY.md for the options to start it with. `--target node` builds the image of a
# machine that only runs programs, as part of a Ray cluster.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt hatch_build.py README.md LICENSE ./
COPY app ./app
COPY templates ./templates
COPY static ./static
# torch from the CPU index, where it can be reached, is 4 GB smaller: --build-arg PIP_EXTRA_INDEX_URL=...
ARG PIP_EXTRA_INDEX_URL=""
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --constraint constraints.txt ".[postgres,ray]"

FROM python:3.11-slim AS base
COPY --from=build /venv /venv
RUN useradd --create-home --uid 10001 gradwalk && mkdir /data && chown gradwalk /data
USER gradwalk
ENV PATH=/venv/bin:$PATH GRADWALK_DATA_DIR=/data GRADWALK_LOG_FORMAT=json GRADWALK_LOG_LEVEL=info \
    RAY_USAGE_STATS_ENABLED=0 PYTHONDONTWRITEBYTECODE=1
VOLUME /data

# Joins the cluster whose head RAY_HEAD names, and runs what it is given.
FROM base AS node
CMD ["sh", "-c", "exec ray start --address=\"$RAY_HEAD\" --include-dashboard=false --block"]

FROM base AS web
ENV GRADWALK_HOST=0.0.0.0 GRADWALK_PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import json, urllib.request as u; r = json.load(u.urlopen('http://127.0.0.1:8000/healthz')); raise SystemExit(r['state'] == 'refusing')"]
# Where programs run on a cluster, this machine joins it without offering anything: who gives work must be part of it.
CMD ["sh", "-c", "if [ -n \"$RAY_HEAD\" ]; then ray start --address=\"$RAY_HEAD\" --num-cpus=0 --num-gpus=0; fi && exec python -m gradwalk"]
