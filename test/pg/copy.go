package pg

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Copy returns what gives another database of the same schema the rows of the one at dsn, and lets its
// sequences stand where those stand: a text for [Paste].
func Copy(dsn string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return "", fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	tables, err := texts(ctx, conn, `SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`)
	if err != nil {
		return "", err
	}
	numbers, err := texts(ctx, conn, `
SELECT format('SELECT setval(%L, %s, %L);', format('public.%I', sequencename), COALESCE(last_value, start_value), last_value IS NOT NULL)
FROM   pg_sequences
WHERE  schemaname = 'public'`)
	if err != nil {
		return "", err
	}
	parts := []string{"SET session_replication_role = replica;"}
	for _, table := range tables {
		rows, err := texts(ctx, conn, `
SELECT format('DELETE FROM public.`+table+`; INSERT INTO public.`+table+` SELECT * FROM json_populate_recordset(NULL::public.`+table+`, %L);', json_agg(t))
FROM   public.`+table+` t
HAVING COUNT(*) > 0`)
		if err != nil {
			return "", err
		}
		parts = append(parts, rows...)
	}
	return strings.Join(append(parts, numbers...), "\n"), nil
}

// texts returns the first column of a query.
func texts(ctx context.Context, conn *pgx.Conn, query string) ([]string, error) {
	rows, err := conn.Query(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.TrimSpace(query), err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.TrimSpace(query), err)
	}
	return list, nil
}

// Paste gives the database at dsn the rows of which [Copy] made a copy. Its tables have no others: they are as
// they were prepared.
func Paste(dsn, rows string) error { return do(dsn, rows) }
