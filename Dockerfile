# The bot as an image: the same hash-pinned packages as `make`, no build tools, not root, nothing written but /data.
FROM python:3.12-slim AS packages

WORKDIR /app
RUN python -m venv /app/.venv
COPY requirements.txt ./
RUN .venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check --require-hashes --no-deps -r requirements.txt
COPY deploy/jit .venv/bin/jit


FROM python:3.12-slim

RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin jit \
    && install --directory --owner=jit --group=jit /data
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    JIT_HOST=0.0.0.0 \
    JIT_PORT=8080
COPY --from=packages /app/.venv /app/.venv
COPY examples /app/examples
COPY handlers /app/handlers
COPY bot /app/bot

USER 10001
# The database (jit.db) and the policy (policy.yaml) lie where the bot stands.
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['JIT_PORT']}/healthz\", timeout=2)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["jit"]
CMD ["serve"]
