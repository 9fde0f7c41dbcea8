package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Where the answer to a commit is lost, with the connection or with the server, the commands may have
// taken effect or not, and running them again would do the first kind twice. PostgreSQL keeps the
// outcome of every transaction under its number, so it is asked over another connection.

// patience bounds how long the outcome of a commit is asked for: those who wait hold a lane meanwhile.
const patience = 20 * time.Second

// outcome returns nil if a transaction whose commit ended with an error was committed, and an error that
// has it run again if it was not.
func (db *DB) outcome(ctx context.Context, number string, cause error) error {
	if db.engine.rolledBack(cause) {
		return fmt.Errorf("commit: %w", cause)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for try := 1; ; try++ {
		status, err := db.transactionStatus(ctx, number)
		switch {
		case err == nil && status == "committed":
			return nil
		case err == nil && status == "aborted":
			return fmt.Errorf("commit: %w: %w", cause, errConflict)
		case err == nil && status != "in progress":
			return &commitError{fmt.Errorf("%w; the database does not know what became of it", cause)}
		}
		if err == nil {
			err = db.endTransaction(ctx, number)
		}
		if waited := pause(ctx, try*10); waited != nil {
			return &commitError{errors.Join(cause, err)}
		}
	}
}

// endTransaction ends the server's side of a connection that broke, which may go on for as long as the
// server has not noticed.
func (db *DB) endTransaction(ctx context.Context, number string) error {
	return db.writer.single(ctx, func(s *session) error {
		_, err := s.exec(ctx, endTransaction, number)
		return err
	})
}

// transactionStatus asks what became of a transaction: committed, aborted or in progress, and empty
// where it is so long ago that nobody knows.
func (db *DB) transactionStatus(ctx context.Context, number string) (status string, err error) {
	err = db.writer.single(ctx, func(s *session) error {
		rows, err := s.query(ctx, transactionStatus, number)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if status, err = scanValue[string](rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return status, err
}
