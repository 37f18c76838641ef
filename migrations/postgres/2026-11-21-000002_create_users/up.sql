CREATE TABLE users (
    id         bigint      PRIMARY KEY,
    name       text        NOT NULL,
    email      text        NOT NULL,
    region     text,
    created_at timestamptz NOT NULL
);
