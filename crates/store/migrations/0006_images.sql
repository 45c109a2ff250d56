-- Bases as they lie in memory, for a quick start: what is in them follows from records, definitions and the log.
CREATE TABLE base_images (
  base TEXT PRIMARY KEY,
  image TEXT NOT NULL,
  -- The last event that is in it.
  seq BIGINT NOT NULL,
  head {blob} NOT NULL,
  -- Of each table, piece and chunk, with which image its part was written.
  parts TEXT NOT NULL
);
CREATE TABLE base_image_parts (
  base TEXT NOT NULL,
  table_id TEXT NOT NULL,
  piece BIGINT NOT NULL,
  chunk BIGINT NOT NULL,
  image TEXT NOT NULL,
  data {blob} NOT NULL,
  PRIMARY KEY (base, table_id, piece, chunk, image)
);
