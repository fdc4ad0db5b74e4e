# Redstart in a container: built and run on Debian 12.
#
#   docker build -t redstart .
#   docker run -p 6379:6379 -v redstart-data:/data redstart
#   docker run -p 6379:6379 redstart --io-threads 2 --requirepass secret    # options as for redis-server
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends g++ cmake ninja-build libboost1.81-dev libabsl-dev \
    libspdlog-dev libfmt-dev libjemalloc-dev libxxhash-dev liblzf-dev liblua5.1-0-dev lua-cjson-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY protocol protocol
COPY storage storage
COPY server server
RUN cmake --preset release -DREDSTART_TESTS=OFF && cmake --build --preset release --target redstart-server \
    && strip build/release/redstart-server

FROM debian:bookworm-slim
# redis-tools brings redis-cli. The names of redis's image work here, too.
RUN groupadd --system --gid 999 redis \
    && useradd --system --uid 999 --gid redis --home-dir /data --no-create-home redis \
    && apt-get update && apt-get install -y --no-install-recommends libabsl20220623 libspdlog1.10 libfmt9 libjemalloc2 liblzf1 \
    redis-tools && rm -rf /var/lib/apt/lists/* \
    && mkdir /data && chown redis:redis /data && ln -s redstart-server /usr/local/bin/redis-server
COPY --from=build /src/build/release/redstart-server /usr/local/bin/
COPY conf/docker-entrypoint.sh /usr/local/bin/
# A container's network is private, unlike a machine's: its neighbours are served without a password, the world is not.
ENV REDSTART_DEFAULT_PROTECTED_MODE=private
VOLUME /data
WORKDIR /data
EXPOSE 6379
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["redstart-server", "--healthcheck"]
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["redstart-server"]
