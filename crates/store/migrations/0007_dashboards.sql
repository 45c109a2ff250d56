-- The dashboards of a base, as one document beside its tables.
ALTER TABLE bases ADD COLUMN dashboards TEXT NOT NULL DEFAULT '[]';
