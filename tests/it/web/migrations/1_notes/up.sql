CREATE TABLE notes (author TEXT NOT NULL, words TEXT NOT NULL, PRIMARY KEY (author, words));
