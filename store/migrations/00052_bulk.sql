-- Jobs that do one thing to many names of a registrar, and their names, each of which has its result written in the
-- transaction of what was done. Due is when whoever works them off has something to do: at once, or to remove the job.
-- Both tables are bounded by the profile: so many jobs of a registrar, so many names in each.

-- +goose Up
CREATE TABLE bulk_job (
	registrar TEXT NOT NULL REFERENCES registrar (id),
	id        TEXT NOT NULL,
	version   BIGINT NOT NULL,
	state     TEXT NOT NULL,
	made      BIGINT NOT NULL,
	due       BIGINT NOT NULL,
	body      TEXT NOT NULL,
	PRIMARY KEY (registrar, id)
);
CREATE INDEX bulk_job_made ON bulk_job (registrar, made);
CREATE INDEX bulk_job_due ON bulk_job (due);

CREATE TABLE bulk_item (
	registrar TEXT NOT NULL,
	job       TEXT NOT NULL,
	number    BIGINT NOT NULL,
	name      TEXT NOT NULL,
	result    TEXT NOT NULL, -- new, fits, same, refused, made
	price     BIGINT NOT NULL,
	body      TEXT NOT NULL,
	PRIMARY KEY (registrar, job, number),
	FOREIGN KEY (registrar, job) REFERENCES bulk_job (registrar, id)
);
