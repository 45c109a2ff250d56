-- Which events of a base changed which record, so that the history of one is found at once. An empty record
-- stands for the table itself. Follows from the log: events up to `bases.unindexed` are still to be read.
CREATE TABLE base_changes (
  table_id TEXT NOT NULL,
  record {blob} NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (table_id, record, seq)
) {clustered};
-- The same of events that changed very many records: some of those between two ids.
CREATE TABLE base_spans (
  table_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  first {blob} NOT NULL,
  last {blob} NOT NULL,
  PRIMARY KEY (table_id, seq)
) {clustered};
-- What lists show of events that are too large to be read for one line.
CREATE TABLE base_summaries (
  base TEXT NOT NULL,
  seq BIGINT NOT NULL,
  summary TEXT NOT NULL,
  PRIMARY KEY (base, seq)
);
ALTER TABLE bases ADD COLUMN unindexed BIGINT NOT NULL DEFAULT 0;
UPDATE bases SET unindexed = seq;
-- What was deleted in a base and can be brought back: a record, field, view or table by its id, with the event
-- that holds what was in it.
CREATE TABLE base_trash (
  base TEXT NOT NULL,
  thing TEXT NOT NULL,
  kind TEXT NOT NULL,
  table_id TEXT NOT NULL,
  table_name TEXT NOT NULL,
  name TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  -- Whose personal view it is; empty for what is everybody's.
  owner TEXT NOT NULL,
  -- Whether what was in it is kept.
  kept BOOLEAN NOT NULL,
  -- Of a table too large for its event: how it was defined. Its records stay where they are.
  definition TEXT,
  PRIMARY KEY (base, thing)
);
CREATE INDEX base_trash_by_seq ON base_trash (base, seq);
CREATE INDEX base_trash_by_time ON base_trash (at);
CREATE TABLE base_comments (
  id TEXT PRIMARY KEY,
  base TEXT NOT NULL,
  table_id TEXT NOT NULL,
  record {blob} NOT NULL,
  -- The comment this one answers; its own id when it begins a thread.
  thread TEXT NOT NULL,
  author TEXT NOT NULL,
  text TEXT NOT NULL,
  created BIGINT NOT NULL,
  edited BIGINT,
  -- Of the first of a thread.
  resolved BIGINT,
  resolved_by TEXT
);
CREATE INDEX base_comments_by_record ON base_comments (table_id, record);
CREATE INDEX base_comments_by_base ON base_comments (base);
