# What is locked is downloaded and compared with its digests; from that alone the program and what it needs at run time
# are installed. Packages of the tests stay behind.
FROM python:3.13.7-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m pip download --no-cache-dir --no-deps --only-binary :all: --require-hashes -r requirements.lock -d /wheels
COPY pyproject.toml README.md ./
COPY domain domain
COPY projections projections
COPY consumers consumers
COPY schemas schemas
COPY roznamcha roznamcha
RUN python -m venv /tools \
 && /tools/bin/python -m pip install --no-cache-dir --no-index --find-links /wheels hatchling \
 && /tools/bin/python -m hatchling build --target wheel --directory /wheels \
 && python -m venv /opt/roznamcha \
 && /opt/roznamcha/bin/python -m pip install --no-cache-dir --no-index --find-links /wheels "roznamcha[scan]"

FROM python:3.13.7-slim-bookworm
RUN groupadd --gid 10001 roznamcha \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /srv/roznamcha roznamcha \
 && install --directory --owner roznamcha --group roznamcha --mode 0700 /srv/roznamcha
COPY --from=build /opt/roznamcha /opt/roznamcha
ENV PATH="/opt/roznamcha/bin:$PATH" PYTHONUNBUFFERED=1 ROZNAMCHA_DATA=/srv/roznamcha
USER 10001:10001
WORKDIR /srv/roznamcha
VOLUME /srv/roznamcha
ENTRYPOINT ["roznamcha"]
CMD ["--help"]
