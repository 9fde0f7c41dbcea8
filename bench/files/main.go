// Command files makes the files for registrars of a database that names has filled, in a new directory, and tells how
// long each kind took and how much memory the process had in use at most. It is for measuring what the lists of a large
// registry cost.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/paper"
	"example.org/dorado/front/reports"
	"example.org/dorado/store"
)

func main() {
	dsn := flag.String("database", "", "a database that names has filled: a SQLite file or a postgres:// URL")
	dir := flag.String("dir", "", "a new directory for the files")
	limit := flag.Int64("memory-mib", 200, "a soft limit of memory")
	flag.Parse()
	debug.SetMemoryLimit(*limit << 20)
	if err := run(context.Background(), *dsn, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "files:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dsn, dir string) error {
	db, err := store.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	profile, err := policy.BuiltIn("co-2026")
	if err != nil {
		return err
	}
	tree, err := reports.OpenTree(dir)
	if err != nil {
		return err
	}
	defer tree.Close()
	service := &flow.Service{
		Store: db, Profile: profile, Clock: time.Now, Real: time.Now, Spread: func(registry.ROID) uint32 { return 0 },
	}
	began := time.Now()
	err = reports.New(reports.Config{
		Service: service, Tree: tree, Log: slog.New(slog.NewTextHandler(os.Stdout, nil)),
		Papers: reports.Papers{
			Transactions: func(w io.Writer) (reports.TransactionFile, error) { return paper.NewTransactionFile(w) },
			InvoiceRows: func(w io.Writer, i registry.Invoice) (reports.TransactionFile, error) {
				return paper.NewInvoiceFile(w, i)
			},
			Invoice: func(w io.Writer, i registry.Invoice) error { return paper.Invoice(i).WritePDF(w) },
		},
	}).Make(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("all files: %s, at most %s resident\n", time.Since(began).Round(10*time.Millisecond), peak())
	return nil
}

// peak is the most memory that the process has had resident, as Linux tells it.
func peak() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "?"
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.Join(strings.Fields(line), " ")
}
