# The `sensus` command with what one end needs: `--build-arg END=backend` or `END=head-unit`.
ARG PYTHON=3.12
FROM python:${PYTHON}-slim-bookworm AS build
ARG END
WORKDIR /src
RUN python -m venv /opt/sensus
COPY requirements ./requirements
RUN /opt/sensus/bin/pip install --no-cache-dir --require-hashes -r "requirements/${END}.txt"
COPY pyproject.toml README.md LICENSE sensus.py ./
COPY protocol ./protocol
COPY broker ./broker
COPY backend ./backend
COPY vehicle_sim ./vehicle_sim
RUN /opt/sensus/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:${PYTHON}-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/sensus sensus
COPY --from=build /opt/sensus /opt/sensus
COPY docker/init.sh /opt/sensus/bin/init-secrets
COPY docker/with-secrets.sh /opt/sensus/bin/with-secrets
ENV PATH=/opt/sensus/bin:$PATH PYTHONUNBUFFERED=1 SDL_VIDEODRIVER=dummy SDL_AUDIODRIVER=dummy
USER sensus
WORKDIR /var/lib/sensus
ENTRYPOINT []
CMD ["sensus", "--help"]
