package main

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // the driver
)

// A client is one connection that writes.
type client interface {
	// commit runs statements in one durable transaction.
	commit(context.Context, []statement) error
	close() error
}

// A sqliteClient runs prepared statements one after the other.
type sqliteClient struct {
	db       *sql.DB
	prepared map[string]*sql.Stmt
}

// openSQLite opens a file as the store does: WAL, and each commit survives a power cut.
func openSQLite(_ context.Context, path string) (client, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return &sqliteClient{db, map[string]*sql.Stmt{}}, nil
}

func (c *sqliteClient) commit(ctx context.Context, statements []statement) error {
	for _, s := range statements {
		if c.prepared[s.text] == nil {
			stmt, err := c.db.PrepareContext(ctx, s.text)
			if err != nil {
				return err
			}
			c.prepared[s.text] = stmt
		}
	}
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, s := range statements {
		if _, err := tx.StmtContext(ctx, c.prepared[s.text]).ExecContext(ctx, s.args...); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

func (c *sqliteClient) close() error {
	var err error
	for _, stmt := range c.prepared {
		err = errors.Join(err, stmt.Close())
	}
	return errors.Join(err, c.db.Close())
}

// A postgresClient sends all statements of a transaction in one go.
type postgresClient struct{ conn *pgx.Conn }

func openPostgres(ctx context.Context, dsn string) (client, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, err
	}
	return postgresClient{conn}, nil
}

func (c postgresClient) commit(ctx context.Context, statements []statement) error {
	tx, err := c.conn.Begin(ctx)
	if err != nil {
		return err
	}
	var batch pgx.Batch
	for _, s := range statements {
		batch.Queue(s.text, s.args...)
	}
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return errors.Join(err, tx.Rollback(ctx))
	}
	return tx.Commit(ctx)
}

func (c postgresClient) close() error { return c.conn.Close(context.Background()) }
