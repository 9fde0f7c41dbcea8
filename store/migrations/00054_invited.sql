-- A login is whose it is who chose a password first. Until then an invitation is one registrar's alone, and in nobody's way.

-- +goose Up
ALTER TABLE console_user ADD COLUMN joined BOOLEAN NOT NULL DEFAULT TRUE; -- has chosen a password
UPDATE console_user SET joined = FALSE WHERE secrets NOT LIKE '%"Password":%';
DROP INDEX console_user_login;
CREATE INDEX console_user_login ON console_user (login, joined);
CREATE UNIQUE INDEX console_user_joined ON console_user (login) WHERE joined;
