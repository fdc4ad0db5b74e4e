# Redstart in a container: built and run on Debian 12.
#
#   docker build -t redstart .
#   docker run -p 6379:6379 -v redstart-data:/data redstart
#   docker run -p 6379:6379 redstart --io-threads 2 --requirepass secret    # options as for redis-server
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends g++ cmake ninja-build libboost1.81-dev libabsl-dev \
    libspdlog-dev libfmt-dev libjemalloc-dev libxxhash-dev liblzf-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY protocol protocol
COPY storage storage
COPY server server
RUN cmake --preset release -DREDSTART_TESTS=OFF && cmake --build --preset release --target redstart-server \
    && strip build/release/redstart-server

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends libabsl20220623 libspdlog1.10 libfmt9 libjemalloc2 liblzf1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 999 --user-group --home-dir /data redis && mkdir /data && chown redis:redis /data
COPY --from=build /src/build/release/redstart-server /usr/local/bin/
COPY conf/docker-entrypoint.sh /usr/local/bin/
VOLUME /data
WORKDIR /data
EXPOSE 6379
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["redstart-server"]
