-- Files: a blob with a name, in a resource. Its size and type are those of the blob.
CREATE TABLE files (
  id TEXT PRIMARY KEY,
  resource TEXT NOT NULL REFERENCES resources (id),
  blob TEXT NOT NULL REFERENCES blobs (hash),
  name TEXT NOT NULL,
  -- A member or a share link.
  created_by TEXT NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX files_by_resource ON files (resource);
CREATE INDEX files_by_blob ON files (blob);
CREATE INDEX blobs_by_created ON blobs (created);
