-- Forms that have an address: which view, and who may fill it in until when.
CREATE TABLE base_forms (
  -- How events name a visitor who filled it in.
  id TEXT PRIMARY KEY,
  base TEXT NOT NULL,
  table_id TEXT NOT NULL,
  view TEXT NOT NULL,
  token TEXT NOT NULL,
  -- nobody, members or anyone.
  audience TEXT NOT NULL,
  -- The hash of its password.
  password TEXT,
  closes BIGINT,
  created BIGINT NOT NULL
);
CREATE UNIQUE INDEX base_forms_by_view ON base_forms (view);
CREATE UNIQUE INDEX base_forms_by_token ON base_forms (token);
CREATE INDEX base_forms_by_base ON base_forms (base);
-- Of forms that each member fills in once: the record that is theirs.
CREATE TABLE base_form_members (
  form TEXT NOT NULL,
  member TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (form, member)
);
