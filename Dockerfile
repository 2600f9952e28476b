# syntax=docker/dockerfile:1
# A program that a person pastes runs as a child of this container's server, behind Landlock and seccomp; the container
# is one more wall around it. See SECURITY.md for the options to start it with.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt hatch_build.py README.md LICENSE ./
COPY app ./app
COPY templates ./templates
COPY static ./static
# torch from the CPU index, where it can be reached, is 4 GB smaller: --build-arg PIP_EXTRA_INDEX_URL=...
ARG PIP_EXTRA_INDEX_URL=""
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --constraint constraints.txt ".[postgres]"

FROM python:3.11-slim
COPY --from=build /venv /venv
RUN useradd --create-home --uid 10001 gradwalk && mkdir /data && chown gradwalk /data
USER gradwalk
ENV GRADWALK_HOST=0.0.0.0 GRADWALK_PORT=8000 GRADWALK_DATA_DIR=/data GRADWALK_LOG_FORMAT=json GRADWALK_LOG_LEVEL=info \
    PYTHONDONTWRITEBYTECODE=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["/venv/bin/python", "-c", "import json, urllib.request as u; r = json.load(u.urlopen('http://127.0.0.1:8000/healthz')); raise SystemExit(r['state'] == 'refusing')"]
CMD ["/venv/bin/python", "-m", "gradwalk"]
