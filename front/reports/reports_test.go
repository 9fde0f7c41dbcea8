package reports_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"example.org/dorado/core/registry"
	"example.org/dorado/flow"
	"example.org/dorado/front/paper"
	"example.org/dorado/front/reports"
	"example.org/dorado/test/world"
)

// papers are those of the program.
func papers() reports.Papers {
	return reports.Papers{
		Transactions: func(w io.Writer) (reports.TransactionFile, error) { return paper.NewTransactionFile(w) },
		InvoiceRows: func(w io.Writer, i registry.Invoice) (reports.TransactionFile, error) {
			return paper.NewInvoiceFile(w, i)
		},
		Invoice: func(w io.Writer, i registry.Invoice) error { return paper.Invoice(i).WritePDF(w) },
	}
}

// maker returns a maker on a new tree, with a configuration that change has changed.
func maker(t testing.TB, w *world.World, change func(*reports.Config)) (*reports.Maker, *reports.Tree, string) {
	t.Helper()
	dir := t.TempDir()
	tree, err := reports.OpenTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tree.Close() })
	c := reports.Config{Service: w.Service, Tree: tree, Papers: papers(), Log: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&c)
	}
	return reports.New(c), tree, dir
}

// made makes what is due.
func made(t testing.TB, m *reports.Maker) {
	t.Helper()
	if err := m.Make(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// contents returns every file that a registrar sees; what is compressed is told plainly.
func contents(t testing.TB, files fs.FS) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".gz") {
			z, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				return err
			}
			if data, err = io.ReadAll(z); err != nil {
				return err
			}
		}
		all[name] = string(data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// closeMonths closes the months that are over.
func closeMonths(t testing.TB, w *world.World) {
	t.Helper()
	c := flow.Closer{
		Service: w.Service, Series: "INV-", First: 1,
		Do: func(_ context.Context, cmd flow.Command) (flow.Reply, error) { return w.Run("", cmd) },
	}
	if _, err := c.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// story is a registry with something of everything: names, one that is dropping, one that is listed, one with a price.
func story(t testing.TB) *world.World {
	w := world.New(t, "2026-02-20T12:00:00Z")
	w.Domain(world.Acme, "shop.co")
	w.Domain(world.Other, "rival.co")
	w.At("2026-02-26T12:00:00Z")
	w.Settle()
	w.Domain(world.Acme, "tienda.com.co")
	w.Do(world.Acme, flow.DomainRenew{Name: world.Name("shop.co"), CurrentExpiry: time.Date(2027, 2, 20, 0, 0, 0, 0, time.UTC), Years: 2})
	w.Do("", flow.ListingAdd{Listings: []registry.Listing{{Name: world.Name("prohibido.co"), Kind: registry.Banned, Reason: "a secret"}}})
	w.Do("", flow.PriceSet{Prices: []registry.NamePrice{{Name: world.Name("oro.co"), Create: 500_00, Renew: 200_00}}})
	w.At("2026-03-04T09:00:00Z")
	w.Settle()
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("shop.co")})
	w.Do(world.Acme, flow.DomainRestore{Update: flow.DomainUpdate{Name: world.Name("shop.co"), Empty: true}})
	w.At("2026-03-05T09:30:15Z")
	w.Do(world.Acme, flow.DomainDelete{Name: world.Name("tienda.com.co")})
	w.Settle()
	closeMonths(t, w)
	return w
}

// What stands in every file, exactly.
func TestFiles(t *testing.T) {
	w := story(t)
	m, tree, _ := maker(t, w, nil)
	made(t, m)
	got := contents(t, tree.Of(world.Acme))
	const header = "Timestamp,Domain,Type,Grace Period,Currency,Amount\n"
	for name, want := range map[string]string{
		"droplist/co.csv": "Domain_Name,Date_Entered,Date_Leaves,Date_Purged\n",
		"prices/co.csv":   "domain,type,amount_usd\noro.co,Registration,500.00\noro.co,Renewal,200.00\noro.co,Restore,40.00\n",
		"transactions/daily/2026-02-25.csv": header +
			"2026-02-20T12:00:00Z,shop.co,Registration,5,USD,20.00\n",
	} {
		if got[name] != want {
			t.Errorf("%s is\n%swant\n%s", name, got[name], want)
		}
	}
	drop := got["droplist/com.co.csv"]
	if !strings.Contains(drop, "\ntienda.com.co,2026-03-05T09:30:15Z,2026-04-04T09:30:15Z,2026-04-09T09:3") {
		t.Errorf("the drop list of com.co is\n%s", drop)
	}
	list := strings.Split(got["lordn/co.txt.gz"], "\n")
	if !slices.IsSorted(list[:len(list)-1]) || list[len(list)-1] != "" {
		t.Error("the list of unavailable names is not in order, or has no end")
	}
	for name, want := range map[string]bool{"shop.co": true, "rival.co": true, "tienda.com.co": true, "prohibido.co": true, "oro.co": false} {
		if slices.Contains(list, name) != want {
			t.Errorf("%s is unavailable: %t, want %t", name, !want, want)
		}
	}
	t.Logf("the files are %v", slices.Sorted(maps.Keys(got)))
	for _, name := range []string{"transactions/weekly/2026-09.csv", "transactions/monthly/2026-02.csv", "statements/2026-02.csv", "invoices/INV-000001.pdf", "invoices/INV-000001.csv"} {
		if got[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
	for _, name := range []string{"transactions/daily/2026-02-24.csv", "transactions/daily/2026-03-05.csv", "transactions/weekly/2026-10.csv", "transactions/monthly/2026-03.csv"} {
		if got[name] != "" {
			t.Errorf("there is %s, and nothing was billable or it is not over", name)
		}
	}
	rival := contents(t, tree.Of(world.Other))
	if strings.Contains(rival["transactions/monthly/2026-02.csv"], "shop.co") || !strings.Contains(rival["transactions/monthly/2026-02.csv"], "rival.co") {
		t.Errorf("the other registrar's month is\n%s", rival["transactions/monthly/2026-02.csv"])
	}
}

// The same registry at the same instant makes the same files, octet by octet, in another tree and from a record that is
// lost.
func TestReproducible(t *testing.T) {
	w := story(t)
	read := func(dir string) map[string]string {
		all := map[string]string{}
		_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && e.Name() != ".made.json" {
				data, err := os.ReadFile(path)
				if err != nil {
					t.Error(err)
				}
				name, _ := filepath.Rel(dir, path)
				all[name] = string(data)
			}
			return err
		})
		return all
	}
	first, _, dir := maker(t, w, nil)
	made(t, first)
	second, _, other := maker(t, w, nil)
	made(t, second)
	want := read(dir)
	if got := read(other); !maps.Equal(got, want) || len(want) < 20 {
		t.Errorf("two trees differ: %d and %d files", len(got), len(want))
	}
	if err := os.Remove(filepath.Join(dir, ".made.json")); err != nil {
		t.Fatal(err)
	}
	made(t, first)
	if got := read(dir); !maps.Equal(got, want) {
		t.Error("a tree that is made anew differs")
	}
}

// After a standstill the newest of what is common is made, once, and every day, week and month that is missing.
func TestStandstill(t *testing.T) {
	w := story(t)
	m, tree, _ := maker(t, w, nil)
	made(t, m)
	info, err := fs.Stat(tree.Of(world.Acme), "lordn/co.txt.gz")
	if err != nil || !info.ModTime().Equal(w.Now()) {
		t.Errorf("the list is of %v, %v", info.ModTime(), err)
	}
	w.At("2026-03-05T09:59:59Z") // nothing is due
	made(t, m)
	if again, _ := fs.Stat(tree.Of(world.Acme), "lordn/co.txt.gz"); !again.ModTime().Equal(info.ModTime()) {
		t.Error("the list is made before it is due")
	}
	w.At("2026-03-05T10:00:00Z")
	made(t, m)
	if again, _ := fs.Stat(tree.Of(world.Acme), "lordn/co.txt.gz"); !again.ModTime().Equal(w.Now()) {
		t.Error("the list is not made when it is due")
	}
	w.Domain(world.Acme, "later.co")
	w.At("2026-06-10T10:00:00Z")
	w.Settle()
	closeMonths(t, w)
	made(t, m)
	got := contents(t, tree.Of(world.Acme))
	for _, name := range []string{"transactions/daily/2026-03-10.csv", "transactions/weekly/2026-11.csv", "transactions/monthly/2026-03.csv", "statements/2026-03.csv"} {
		if got[name] == "" {
			t.Errorf("%s was not made up: %v", name, slices.Sorted(maps.Keys(got)))
		}
	}
	if drop, _ := fs.Stat(tree.Of(world.Acme), "droplist/co.csv"); !drop.ModTime().Equal(w.Now()) {
		t.Error("the drop list is not the newest")
	}
}

// The sums of the daily, the weekly and the monthly files of closed months are those of the invoices.
func TestFilesAddUp(t *testing.T) {
	w := story(t)
	w.At("2026-07-20T10:00:00Z")
	w.Settle()
	closeMonths(t, w)
	m, tree, _ := maker(t, w, nil)
	made(t, m)
	rows := map[string]int{}
	for name, text := range contents(t, tree.Of(world.Acme)) {
		if kind, ok := strings.CutPrefix(name, "transactions/"); ok {
			rows[strings.SplitN(kind, "/", 2)[0]] += strings.Count(text, "\n") - 1
		}
		if strings.HasPrefix(name, "invoices/") && strings.HasSuffix(name, ".csv") {
			rows["invoices"] += strings.Count(text, "\n") - 1
		}
	}
	if rows["daily"] < 4 || rows["daily"] != rows["weekly"] || rows["daily"] != rows["monthly"] || rows["daily"] != rows["invoices"] {
		t.Errorf("the files have so many rows: %v", rows)
	}
}

// Old files go, a registrar's own ones alone.
func TestKeep(t *testing.T) {
	w := story(t)
	m, tree, _ := maker(t, w, func(c *reports.Config) { c.Keep = 60 * 24 * time.Hour })
	made(t, m)
	w.At("2026-07-20T10:00:00Z")
	w.Settle()
	closeMonths(t, w)
	made(t, m)
	for name := range contents(t, tree.Of(world.Acme)) {
		if strings.HasPrefix(name, "transactions/") && strings.Contains(name, "2026-02") {
			t.Errorf("%s is still there", name)
		}
	}
	if _, err := fs.Stat(tree.Of(world.Acme), "droplist/co.csv"); err != nil {
		t.Error(err)
	}
}

// A registrar's view is a file system as others are, has nothing of anybody else, and follows no link out of the tree.
func TestView(t *testing.T) {
	w := story(t)
	m, tree, dir := maker(t, w, nil)
	made(t, m)
	if err := fstest.TestFS(tree.Of(world.Acme), "droplist/co.csv", "lordn/co.txt.gz", "transactions/monthly/2026-02.csv"); err != nil {
		t.Error(err)
	}
	if err := fstest.TestFS(tree.Of("NEW"), "droplist/co.csv"); err != nil {
		t.Error(err)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("a secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "common/prices/link.csv")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"prices/link.csv", ".made.json", "../registrars/H1002/statements/2026-02.csv", "registrars/H1002/statements/2026-02.csv",
		"common/prices/co.csv", "prices/.made.json", "/etc/passwd", "prices/../../x", "", "prices/co.csv/x",
	} {
		if data, err := fs.ReadFile(tree.Of(world.Acme), name); err == nil {
			t.Errorf("%q reads %q", name, data)
		}
	}
	for _, id := range []registry.RegistrarID{"..", ".", "../H1001", "H1001/..", "", "_", "a/b", "\x00"} {
		view := tree.Of(id)
		if entries, err := fs.ReadDir(view, "transactions/monthly"); err != nil || len(entries) > 0 {
			t.Errorf("registrar %q sees %v, %v", id, entries, err)
		}
	}
}

// Who reads a file while the next one is made has the old one whole, and nobody sees the new one before it is whole.
func TestReaderDuringMaking(t *testing.T) {
	w := story(t)
	looked := false
	var tree *reports.Tree
	var m *reports.Maker
	before := map[string]string{}
	m, tree, _ = maker(t, w, func(c *reports.Config) {
		begin := c.Papers.Transactions
		c.Papers.Transactions = func(out io.Writer) (reports.TransactionFile, error) {
			f, err := begin(out)
			if len(before) > 0 {
				looked = true
				for name, text := range contents(t, tree.Of(world.Acme)) {
					if was, ok := before[name]; ok && !strings.HasPrefix(name, "lordn") && !strings.HasPrefix(name, "prices") && was != text {
						t.Errorf("%s has changed before it was whole", name)
					}
				}
			}
			return f, err
		}
	})
	made(t, m)
	old, err := tree.Of(world.Acme).Open("lordn/co.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	was, _ := fs.ReadFile(tree.Of(world.Acme), "lordn/co.txt.gz")
	before = contents(t, tree.Of(world.Acme))
	w.Domain(world.Acme, "newer.co")
	w.At("2026-03-12T10:00:00Z")
	w.Settle()
	made(t, m)
	if got, err := io.ReadAll(old); err != nil || !bytes.Equal(got, was) {
		t.Errorf("the reader of the old file has %d octets, %v; want %d", len(got), err, len(was))
	}
	if now := contents(t, tree.Of(world.Acme))["lordn/co.txt.gz"]; !strings.Contains(now, "newer.co\n") || !looked {
		t.Error("the new file has not come")
	}
}

// Every operation of the database fails once: what was there stays whole, and the next attempt makes everything.
func TestFaults(t *testing.T) {
	w := story(t)
	good, goodTree, _ := maker(t, w, nil)
	made(t, good)
	want := contents(t, goodTree.Of(world.Acme))
	for n := 0; ; n += 7 { // some of them: each round is a whole making
		m, tree, dir := maker(t, w, nil)
		w.Fault.After(n)
		err := m.Make(context.Background())
		operations := w.Fault.Disarm()
		if operations <= n {
			break
		}
		if err == nil || m.Made().Fault == nil {
			t.Fatalf("operation %d failed, and nobody noticed", n)
		}
		for name, text := range contents(t, tree.Of(world.Acme)) {
			if text != want[name] {
				t.Fatalf("operation %d failed, and %s is not whole", n, name)
			}
		}
		left, _ := filepath.Glob(filepath.Join(dir, "*", "*", ".new-*"))
		if len(left) > 0 {
			t.Fatalf("operation %d failed, and left %v", n, left)
		}
		made(t, m)
		if got := contents(t, tree.Of(world.Acme)); !maps.Equal(got, want) {
			t.Fatalf("after a fault of operation %d the files differ", n)
		}
	}
}

// A node that is not the engine makes nothing, and one that is no more leaves what it was making.
func TestNotMine(t *testing.T) {
	w := story(t)
	m, tree, _ := maker(t, w, func(c *reports.Config) { c.Mine = func() bool { return false } })
	made(t, m)
	if got := contents(t, tree.Of(world.Acme)); len(got) > 0 {
		t.Errorf("it makes %v", got)
	}
	asked := 0
	m, tree, _ = maker(t, w, func(c *reports.Config) { c.Mine = func() bool { asked++; return asked == 1 } })
	if err := m.Make(context.Background()); err == nil {
		t.Error("losing the lease is no error")
	}
	if got := contents(t, tree.Of(world.Acme)); len(got) > 0 {
		t.Errorf("without the lease it makes %v", got)
	}
}

// A broken record is told, with what to do.
func TestBrokenRecord(t *testing.T) {
	w := story(t)
	m, _, dir := maker(t, w, nil)
	if err := os.WriteFile(filepath.Join(dir, ".made.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := m.Make(context.Background()); err == nil || !strings.Contains(err.Error(), "remove "+dir) {
		t.Errorf("it says %v", err)
	}
}
