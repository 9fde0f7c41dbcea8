-- Mails of the outbox are tried again and again, and kept for the operator where that comes to nothing. Instants
-- but "at" are real time. The template is the event, the body its notice, whose kind stands beside it. No mail was
-- ever queued before.

-- +goose Up
ALTER TABLE mail ADD COLUMN version  BIGINT NOT NULL DEFAULT 1;
ALTER TABLE mail ADD COLUMN language TEXT   NOT NULL DEFAULT 'en';
ALTER TABLE mail ADD COLUMN kind     TEXT   NOT NULL DEFAULT '';
ALTER TABLE mail ADD COLUMN queued   BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN since    BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN due      BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN problem  TEXT   NOT NULL DEFAULT '';
ALTER TABLE mail ADD COLUMN failed   BIGINT NOT NULL DEFAULT 0;
CREATE INDEX mail_registrar ON mail (registrar, id);
CREATE INDEX mail_due ON mail (failed, due, id);
CREATE INDEX mail_since ON mail (failed, since);
