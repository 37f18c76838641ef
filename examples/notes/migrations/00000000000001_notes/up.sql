CREATE TABLE notes (
    author     TEXT NOT NULL,
    id         TEXT NOT NULL,
    words      TEXT NOT NULL,
    PRIMARY KEY (author, id)
);
