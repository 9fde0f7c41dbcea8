-- Since when an account is low and on hold, and how many holds began in the calendar year of the latest; 0: it is
-- not, or none did.

-- +goose Up
ALTER TABLE funds ADD COLUMN low_since  BIGINT NOT NULL DEFAULT 0;
ALTER TABLE funds ADD COLUMN hold_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE funds ADD COLUMN holds      BIGINT NOT NULL DEFAULT 0;
ALTER TABLE funds ADD COLUMN last_hold  BIGINT NOT NULL DEFAULT 0;
