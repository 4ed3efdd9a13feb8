# Serving only: no compiler, no torch. Build: docker build -t lurewatch .
# Run with a read-only root: docker run --read-only --tmpfs /tmp -v lurewatch:/data -p 8000:8000 lurewatch
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/venv
COPY pyproject.toml README.md LICENSE ./
COPY models models
COPY service service
RUN /opt/venv/bin/pip install --no-cache-dir '.[otel,postgresql,stream]' \
 && /opt/venv/bin/pip uninstall --yes pip

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home lurewatch \
 && install -d -o 10001 /data
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LUREWATCH_HOST=0.0.0.0 \
    LUREWATCH_DATA_DIR=/data
VOLUME /data
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
ENTRYPOINT ["python", "-m", "service"]
CMD ["serve"]
