CREATE TABLE users (
    id         BIGINT NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    email      TEXT   NOT NULL,
    region     TEXT,
    created_at TEXT   NOT NULL
);
