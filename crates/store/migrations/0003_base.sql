-- Bases: the schema of each as one document, its records as compact rows.
CREATE TABLE bases (
  id TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  tables TEXT NOT NULL
);
CREATE TABLE base_records (
  table_id TEXT NOT NULL,
  id {blob} NOT NULL,
  data {blob} NOT NULL,
  PRIMARY KEY (table_id, id)
) {clustered};
