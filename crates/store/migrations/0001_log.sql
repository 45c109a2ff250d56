-- The log. One row counts positions, so they have no gaps and stand in commit order.
CREATE TABLE log_head (id BIGINT PRIMARY KEY, position BIGINT NOT NULL);
INSERT INTO log_head (id, position) VALUES (1, 0);
CREATE TABLE stream_heads (stream TEXT PRIMARY KEY, seq BIGINT NOT NULL);
CREATE TABLE log (
  position BIGINT PRIMARY KEY,
  stream TEXT NOT NULL,
  seq BIGINT NOT NULL,
  kind TEXT NOT NULL,
  version BIGINT NOT NULL,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL,
  data TEXT NOT NULL
);
CREATE UNIQUE INDEX log_by_stream ON log (stream, seq);
CREATE TABLE consumers (name TEXT PRIMARY KEY, position BIGINT NOT NULL);
CREATE TABLE blobs (
  hash TEXT PRIMARY KEY,
  size BIGINT NOT NULL,
  media_type TEXT NOT NULL,
  created BIGINT NOT NULL
);
