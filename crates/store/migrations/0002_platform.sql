-- People.
CREATE TABLE orgs (id TEXT PRIMARY KEY, name TEXT NOT NULL, created BIGINT NOT NULL);
CREATE TABLE members (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES orgs (id),
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  role TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  language TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  theme TEXT NOT NULL DEFAULT 'system',
  status TEXT,
  avatar TEXT,
  supervisor TEXT REFERENCES members (id),
  password TEXT,
  created BIGINT NOT NULL
);
-- The address is stored in lower case and is one person in the whole server.
CREATE UNIQUE INDEX members_by_email ON members (email);
CREATE INDEX members_by_org ON members (org);
CREATE TABLE departments (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES orgs (id),
  parent TEXT REFERENCES departments (id),
  name TEXT NOT NULL,
  lead TEXT REFERENCES members (id)
);
CREATE TABLE department_members (
  department TEXT NOT NULL REFERENCES departments (id),
  member TEXT NOT NULL REFERENCES members (id),
  PRIMARY KEY (department, member)
);
CREATE INDEX department_members_by_member ON department_members (member);
CREATE TABLE groups (id TEXT PRIMARY KEY, org TEXT NOT NULL REFERENCES orgs (id), name TEXT NOT NULL);
CREATE TABLE group_members (
  group_id TEXT NOT NULL REFERENCES groups (id),
  member TEXT NOT NULL REFERENCES members (id),
  PRIMARY KEY (group_id, member)
);
CREATE INDEX group_members_by_member ON group_members (member);
CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES orgs (id),
  token_hash TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  department TEXT REFERENCES departments (id),
  created_by TEXT NOT NULL REFERENCES members (id),
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  uses BIGINT NOT NULL,
  max_uses BIGINT NOT NULL
);
-- Credentials: only hashes are stored. A session is a member's or a link visitor's.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  org TEXT NOT NULL REFERENCES orgs (id),
  member TEXT REFERENCES members (id),
  link TEXT,
  created BIGINT NOT NULL,
  last_seen BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL
);
CREATE INDEX sessions_by_member ON sessions (member);
CREATE TABLE api_tokens (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  member TEXT NOT NULL REFERENCES members (id),
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT,
  last_used BIGINT
);
CREATE INDEX api_tokens_by_member ON api_tokens (member);
-- The tree of resources and who may do what in it.
CREATE TABLE resources (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL REFERENCES orgs (id),
  parent TEXT REFERENCES resources (id),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  owner TEXT NOT NULL REFERENCES members (id),
  inherits BOOLEAN NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  -- When it was put into the trash, and with which resource: only that one is listed there.
  trashed BIGINT,
  trashed_with TEXT
);
CREATE INDEX resources_by_parent ON resources (parent);
CREATE INDEX resources_by_owner ON resources (owner);
CREATE TABLE grants (
  resource TEXT NOT NULL REFERENCES resources (id),
  subject_kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (resource, subject_kind, subject)
);
CREATE INDEX grants_by_subject ON grants (subject_kind, subject);
CREATE TABLE links (
  id TEXT PRIMARY KEY,
  resource TEXT NOT NULL UNIQUE REFERENCES resources (id),
  token TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  password TEXT,
  expires BIGINT,
  created BIGINT NOT NULL
);
CREATE TABLE stars (member TEXT NOT NULL, resource TEXT NOT NULL, PRIMARY KEY (member, resource));
CREATE TABLE opened (
  member TEXT NOT NULL,
  resource TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (member, resource)
);
-- Answers of writes that were sent with a key, so that a repeat is not done twice.
CREATE TABLE idempotency (
  member TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status BIGINT,
  answer TEXT,
  created BIGINT NOT NULL,
  PRIMARY KEY (member, key)
);
