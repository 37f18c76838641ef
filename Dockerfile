# Built with TLS, so that sslmode=require and verify-full work to shards elsewhere.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --features tls \
 && install -D target/release/shardwright /out/shardwright

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates libssl3 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --home-dir /srv/shardwright --create-home shardwright
COPY --from=build /out/shardwright /usr/local/bin/shardwright
COPY Rocket.toml /srv/shardwright/Rocket.toml
WORKDIR /srv/shardwright
ENV ROCKET_ADDRESS=0.0.0.0
USER shardwright
EXPOSE 8000
ENTRYPOINT ["shardwright"]
CMD ["serve"]
