package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
	"example.org/dorado/store"
	"example.org/dorado/test/pg"
	"example.org/dorado/test/world"
)

// schema2 is what a program with schema 2 left: a name with two hosts and a contact in two roles, its
// history, and two lines of the log.
const schema2 = `
INSERT INTO registrar (id, version, password, body) VALUES ('H1', 1, '', '{"ID":"H1","Version":1}');
INSERT INTO contact (id_key, id, roid, version, sponsor, body)
VALUES ('ana', 'Ana', 'C1-CO', 1, 'H1', '{"ROID":"C1-CO","ID":"Ana","Version":1,"Sponsor":"H1"}');
INSERT INTO host (name, roid, version, sponsor, superordinate, body)
VALUES ('ns1.example.net', 'H1-CO', 1, 'H1', NULL, '{"ROID":"H1-CO","Name":"ns1.example.net","Version":1}'),
       ('ns2.example.net', 'H2-CO', 1, 'H1', NULL, '{"ROID":"H2-CO","Name":"ns2.example.net","Version":1}');
INSERT INTO domain (name, roid, version, zone, sponsor, created, expires, due, body)
VALUES ('shop.co', 'D1-CO', 1, 'co', 'H1', 0, 0, 0, '{"ROID":"D1-CO","Name":"shop.co","Version":1,"Sponsor":"H1"}');
INSERT INTO domain_host (domain, host, position) VALUES ('shop.co', 'H1-CO', 1), ('shop.co', 'H2-CO', 0);
INSERT INTO domain_contact (domain, role, contact) VALUES ('shop.co', 'admin', 'C1-CO'), ('shop.co', 'tech', 'C1-CO');
INSERT INTO history (roid, version, kind, name, at, registrar, command, cltrid, svtrid, gone, body)
VALUES ('D1-CO', 1, 'domain', 'shop.co', 0, 'H1', 'domain:create', '', 'S-1', FALSE, '{}');
INSERT INTO log (id, at, registrar, command, object, object_id, code, message, cltrid, svtrid)
VALUES (7, 1, 'H1', 'create', 'domain', 'shop.co', 'completed', '', 'A', 'S-1'),
       (8, 2, 'H1', 'create', 'domain', 'more.co', 'completed', '', 'B', 'S-2')`

// A database that an earlier program filled is migrated with its rows, which then read as before.
func TestMigrateKeepsRows(t *testing.T) {
	ctx := context.Background()
	db, raw := unmigrated(t)
	store.MigrateTo(t, db, 2)
	if _, err := raw.Exec(schema2); err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	err := db.View(ctx, func(r registry.Reader) error {
		d, _, err := r.Domain(names.MustParse("shop.co"))
		if len(d.Nameservers) != 2 || d.Nameservers[0].ROID != "H2-CO" || d.Nameservers[1].ROID != "H1-CO" {
			t.Errorf("the name servers are %v", d.Nameservers)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][]string{
		"SELECT domain || ' ' || role || ' ' || contact FROM domain_contact ORDER BY role": {
			"D1-CO admin C1-CO", "D1-CO tech C1-CO",
		},
		"SELECT roid || ' ' || name || ' ' || svtrid FROM history": {"D1-CO shop.co S-1"},
		"SELECT registrar || ' ' || object_id || ' ' || cltrid || ' ' || svtrid FROM log ORDER BY id": {
			"H1 shop.co A S-1", "H1 more.co B S-2",
		},
	} {
		if diff := cmp.Diff(want, texts(t, raw, query)); diff != "" {
			t.Errorf("%s:\n%s", query, diff)
		}
	}
}

// unmigrated returns an empty database on the chosen engine, and a way past the store.
func unmigrated(t *testing.T) (*store.DB, *sql.DB) {
	t.Helper()
	dsn, postgres := pg.Chosen(t)
	driver := "pgx"
	if !postgres {
		dsn, driver = filepath.Join(t.TempDir(), "registry.db"), "sqlite"
	}
	db, err := store.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	raw, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	return db, raw
}

// texts returns the rows of a query of one column.
func texts(t *testing.T, raw *sql.DB, query string) []string {
	t.Helper()
	rows, err := raw.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		list = append(list, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// A migration may come to the program after one with a higher number, where two were made at the same time: a database that has
// the later one gets the other.
func TestMigrateOutOfOrder(t *testing.T) {
	ctx := context.Background()
	db, raw := unmigrated(t)
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"DROP TABLE child", "DELETE FROM goose_db_version WHERE version_id = 37"} {
		if _, err := raw.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := raw.QueryRow("SELECT COUNT(*) FROM child").Scan(&n); err != nil {
		t.Error(err)
	}
}

// A database that something else uses is refused, and nothing is made in it; one whose first migration was
// cut short is not.
func TestMigrateRefusesForeignTables(t *testing.T) {
	for _, test := range []struct {
		name   string
		tables []string
		says   string
	}{
		{"one", []string{"invoices"}, "the database has tables of something else: invoices"},
		{"many", []string{"a", "b", "c", "d", "registrar"}, "the database has tables of something else: a, b, c and 2 more"},
		{"migrated by something else", []string{"goose_db_version", "invoices"}, "of something else: invoices"},
		{"none", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			dsn, postgres := pg.Chosen(t)
			driverName := "pgx"
			if !postgres {
				dsn, driverName = filepath.Join(t.TempDir(), "other.db"), "sqlite"
			}
			raw, err := sql.Open(driverName, dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			for _, table := range test.tables {
				if _, err := raw.Exec("CREATE TABLE " + table + " (id BIGINT)"); err != nil {
					t.Fatal(err)
				}
			}
			db, err := store.Open(t.Context(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			err = db.Migrate(t.Context())
			if test.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, store.ErrForeign) || !strings.HasSuffix(err.Error(), test.says) {
				t.Errorf("it is answered %v, want %q", err, test.says)
			}
			if _, err := raw.Exec("SELECT 1 FROM setting"); err == nil {
				t.Error("tables of a registry were made")
			}
		})
	}
}

// Migrating again does nothing; a schema from the future is refused.
func TestMigrate(t *testing.T) {
	w := world.Empty(t)
	ctx := context.Background()
	if err := w.DB.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	w.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)")
	if err := w.DB.Migrate(ctx); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("a newer schema: %v", err)
	}
	w.Exec("DELETE FROM goose_db_version WHERE version_id = 99999")
	if got, want := w.Rows("SELECT MAX(version_id) FROM goose_db_version"), strconv.Itoa(store.SchemaVersion())+"\n"; got != want {
		t.Errorf("the schema version is %s and the last migration %s", want, got)
	}
}

// What names are found by is made of what earlier programs stored: the traits by the migration, who has asked for a name by
// its first start.
func TestMigrateTellsTraits(t *testing.T) {
	ctx := context.Background()
	db, raw := unmigrated(t)
	store.MigrateTo(t, db, 42)
	names := map[string]struct {
		domain registry.Domain
		want   string
	}{
		"plain.co":   {registry.Domain{Nameservers: []registry.HostRef{{ROID: "H1-CO"}}}, "0 | NULL"},
		"bare.co":    {registry.Domain{}, "16 | NULL"},
		"held.co":    {registry.Domain{Statuses: []registry.Status{registry.ServerHold, registry.ClientUpdateProhibited}}, "22 | NULL"},
		"deleted.co": {registry.Domain{Deletion: registry.Deletion{At: time.Unix(1, 0)}, Nameservers: []registry.HostRef{{ROID: "H1-CO"}}}, "1 | NULL"},
		"late.co":    {registry.Domain{Suspension: registry.Suspension{At: time.Unix(1, 0)}}, "24 | NULL"},
		"signed.co":  {registry.Domain{DS: []registry.DSRecord{{}}}, "48 | NULL"},
		"asked.co":   {registry.Domain{Transfer: registry.Transfer{Status: registry.TransferPending, Gaining: "H2"}}, "80 | H2"},
		"moved.co":   {registry.Domain{Transfer: registry.Transfer{Status: registry.TransferClientApproved, Gaining: "H2"}}, "16 | NULL"},
	}
	if _, err := raw.Exec(`INSERT INTO registrar (id, version, password, body) VALUES ('H1', 1, '', '{}')`); err != nil {
		t.Fatal(err)
	}
	for name, n := range names {
		body, err := json.Marshal(n.domain)
		if err == nil {
			_, err = raw.Exec(`INSERT INTO domain (name, roid, version, zone, sponsor, created, expires, due, body) VALUES ($1, $1, 1, 'co', 'H1', 0, 0, 0, $2)`,
				name, strings.Replace(string(body), `{`, `{"Name":"`+name+`",`, 1))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	for name, n := range names {
		var traits int
		var gaining *string
		if err := raw.QueryRow("SELECT traits, gaining FROM domain WHERE name = $1", name).Scan(&traits, &gaining); err != nil {
			t.Fatal(err)
		}
		got := strconv.Itoa(traits) + " | NULL"
		if gaining != nil {
			got = strconv.Itoa(traits) + " | " + *gaining
		}
		if got != n.want {
			t.Errorf("%s: %s, want %s", name, got, n.want)
		}
		n.domain.Nameservers = slices.Clone(n.domain.Nameservers)
		if want := n.domain.Traits(); want != registry.Trait(traits) {
			t.Errorf("%s: traits %d, and the program makes %d of it", name, traits, want)
		}
	}
}
