// Command month measures the end of a month: it fills an empty database with what was posted in it, in bulk, or closes
// the month as the engine does and makes the files of every invoice. bench/month/run has it do both, in two processes,
// so that the memory of the second is that of the close.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/paper"
	"example.org/dorado/store"
)

// month is the one that is closed.
const month ledger.Month = "2026-10"

func main() {
	var o options
	flag.StringVar(&o.dsn, "database", "", "an empty database: a SQLite file or a postgres:// URL")
	flag.IntVar(&o.registrars, "registrars", 1000, "how many registrars")
	flag.IntVar(&o.transactions, "transactions", 3_000_000, "how many billable transactions they have together")
	flag.IntVar(&o.workers, "workers", 2, "how many invoices are printed side by side")
	flag.StringVar(&o.out, "out", "", "the folder for the files; empty: fill the database instead")
	flag.Parse()
	do := fill
	if o.out != "" {
		do = measure
	}
	if err := do(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "month:", err)
		os.Exit(1)
	}
}

type options struct {
	dsn, out                          string
	registrars, transactions, workers int
}

// A result is what was measured; times are seconds.
type result struct {
	Registrars, Invoices          int64
	Transactions                  int64
	ChargedAgain                  int64
	Close, Check, Files, Together float64
	Longest                       float64 // of the transactions of the close, for which commands wait
	FileBytes                     int64
	PeakMB                        int64 // of this process, without the server of a database
}

func measure(ctx context.Context, o options) error {
	db, err := store.Open(ctx, o.dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	profile, err := policy.BuiltIn("co-2026")
	if err != nil {
		return err
	}
	service := &flow.Service{Store: db, Profile: profile, Clock: func() time.Time { return month.Until().Add(2 * time.Minute) }, Real: time.Now}
	var r result
	began := time.Now()
	closer := flow.Closer{
		Service: service, Series: "INV-", First: 1, Issuer: registry.Issuer{Name: "Example Registry", Address: []string{"1 Example Street"}},
		Do: func(ctx context.Context, cmd flow.Command) (flow.Reply, error) {
			began := time.Now()
			defer func() { r.Longest = max(r.Longest, time.Since(began).Seconds()) }()
			return service.Run(ctx, flow.Request{SvTRID: "BENCH", Command: cmd})
		},
	}
	months, err := closer.Close(ctx)
	if err != nil || len(months) != 1 {
		return fmt.Errorf("closed %d months: %w", len(months), err)
	}
	r.Close = time.Since(began).Seconds()
	checked := time.Now()
	if err := closer.Check(ctx, flow.BillingCheck{Month: months[0].Month}); err != nil {
		return err
	}
	r.Check = time.Since(checked).Seconds() // a second one: the close has checked, too
	filed := time.Now()
	if r.FileBytes, err = files(ctx, service, o); err != nil {
		return err
	}
	r.Files = time.Since(filed).Seconds()
	r.Together = r.Close + r.Files
	r.Registrars, r.Invoices = int64(o.registrars), months[0].Count()
	for _, l := range months[0].Lines {
		r.Transactions += l.Count
		if l.Type == ledger.AddGraceLimit {
			r.ChargedAgain = l.Count
		}
	}
	r.PeakMB = peak()
	return json.NewEncoder(os.Stdout).Encode(r)
}

// files makes the PDF and the CSV of every invoice, and returns how long they are.
func files(ctx context.Context, service *flow.Service, o options) (bytes int64, err error) {
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return 0, err
	}
	reply, err := service.Ask(ctx, "", flow.InvoiceList{InvoiceFilter: registry.InvoiceFilter{Month: month}})
	if err != nil {
		return 0, err
	}
	invoices := make(chan registry.Invoice)
	var lock sync.Mutex
	var all sync.WaitGroup
	for range o.workers {
		all.Go(func() {
			for i := range invoices {
				n, failed := print(ctx, service, o.out, i)
				lock.Lock()
				bytes += n
				if failed != nil {
					err = failed
				}
				lock.Unlock()
			}
		})
	}
	for _, i := range reply.(flow.InvoicePage).Invoices {
		invoices <- i
	}
	close(invoices)
	all.Wait()
	return bytes, err
}

func print(ctx context.Context, service *flow.Service, dir string, i registry.Invoice) (bytes int64, err error) {
	for _, kind := range []string{".pdf", ".csv"} {
		f, err := os.Create(filepath.Join(dir, i.Name()+kind))
		if err != nil {
			return 0, err
		}
		if kind == ".pdf" {
			err = paper.Invoice(i).WritePDF(f)
		} else {
			err = table(ctx, service, f, i)
		}
		if err != nil {
			return 0, err
		}
		info, err := f.Stat()
		if err != nil {
			return 0, err
		}
		bytes += info.Size()
		if err := f.Close(); err != nil {
			return 0, err
		}
	}
	return bytes, nil
}

func table(ctx context.Context, service *flow.Service, f *os.File, i registry.Invoice) error {
	file, err := paper.NewInvoiceFile(f, i)
	if err != nil {
		return err
	}
	q := flow.Transactions{Registrar: i.To.ID, Span: registry.TimesOf(i.Month)}
	if err := service.EachTransaction(ctx, q, file.Add); err != nil {
		return err
	}
	return file.Flush()
}

// peak is the most memory that this process has had, in MB.
func peak() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	var kb int64
	for line := range strings.Lines(string(status)) {
		if rest, found := strings.CutPrefix(line, "VmHWM:"); found {
			fmt.Sscan(rest, &kb)
		}
	}
	return kb / 1024
}
