package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"example.org/dorado/flow"
	"example.org/dorado/store"
)

// A registryCore is what every service works on: the database and the flows.
type registryCore struct {
	db      *store.DB
	service *flow.Service
	clock   *clock
	trid    func() string
	log     *slog.Logger
	billing billingConfig
}

// openCore opens the registry of a directory and brings its database up to date.
func openCore(ctx context.Context, dir string, c config, log *slog.Logger) (*registryCore, error) {
	return openCoreWith(ctx, dir, c, log, store.Options{})
}

// openCoreWith is openCore with a choice of how the database is kept.
func openCoreWith(ctx context.Context, dir string, c config, log *slog.Logger, o store.Options) (*registryCore, error) {
	profile, err := c.Registry.loadProfile(dir)
	if err != nil {
		return nil, err
	}
	if profile.Zones, err = c.Zone.withhold(profile.Zones); err != nil {
		return nil, err
	}
	keys, err := loadSecrets(dir)
	if err != nil {
		return nil, err
	}
	if keys.Clients, err = loadIssuer(dir, c.TLS, log); err != nil {
		return nil, err
	}
	trid, err := newTRIDs(c.Registry.TRIDPrefix, time.Now, random)
	if err != nil {
		return nil, err
	}
	db, err := openDatabase(ctx, dir, c.Database.DSN, o)
	if err != nil {
		return nil, err
	}
	clock := new(clock)
	core := &registryCore{
		db: db, clock: clock, trid: trid, log: log, billing: c.Billing,
		service: &flow.Service{
			Store: db, Profile: profile, Keys: keys,
			Clock: clock.Now, Real: time.Now, Random: random,
			Passwords: flow.NewPasswords(flow.DefaultArgonCost, runtime.NumCPU(), random),
			Fairness:  flow.NewFairness(), Usages: db, Logins: db,
			Pages: c.Lookup.pages(),
		},
	}
	if !db.Alone() {
		core.service.Buckets = db
	}
	return core, nil
}

// openDatabase opens and migrates a database whose file may be relative to a directory.
func openDatabase(ctx context.Context, dir, dsn string, o store.Options) (*store.DB, error) {
	if !strings.Contains(dsn, "://") {
		dsn = inDir(dir, dsn)
		if err := touch(dsn); err != nil {
			return nil, fmt.Errorf("the database %s cannot be written: %w; correct the file's owner and mode, or database.dsn", dsn, plain(err))
		}
	}
	db, err := store.OpenWith(ctx, dsn, o)
	if err != nil {
		return nil, unopened(err, strings.Contains(dsn, "://"))
	}
	if err := db.Migrate(ctx); err != nil {
		db.Close()
		if errors.Is(err, store.ErrForeign) {
			return nil, fmt.Errorf("%w; a registry has a database to itself: name an empty one with --database, or in %s", err, configFile)
		}
		if errors.Is(err, store.ErrNewerSchema) {
			return nil, fmt.Errorf("%w (this is %s, with schema %d)", err, version(), store.SchemaVersion())
		}
		return nil, err
	}
	return db, nil
}

// unopened tells in one line why a database cannot be opened, and what to look at. A driver that tries several
// addresses tells of each in a line of its own.
func unopened(err error, isServer bool) error {
	if !isServer {
		return err
	}
	var said []string
	for line := range strings.Lines(err.Error()) {
		line = strings.TrimSpace(line)
		if line != "" && !slices.ContainsFunc(said, func(before string) bool { return strings.Contains(before, line) }) {
			said = append(said, line)
		}
	}
	return fmt.Errorf("%s; check that the server runs, that this machine may connect to it, and --database or database.dsn (host, port, user, password, sslmode, name of the database)",
		strings.ReplaceAll(strings.Join(said, ", "), ":, ", ": "))
}

// databaseIsThere refuses a SQLite file that is missing or empty: a new one in its place would be a
// registry without its names. Only init and demo make one.
func databaseIsThere(dir, dsn string) error {
	if strings.Contains(dsn, "://") {
		return nil
	}
	path := inDir(dir, dsn)
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the database %s is missing; %s", path, bringBack)
	case err != nil:
		return fmt.Errorf("the database %s cannot be read: %w", path, plain(err))
	case info.Size() == 0:
		return fmt.Errorf("the database %s is empty; %s", path, bringBack)
	}
	return nil
}

const bringBack = "put it back from a backup, or correct database.dsn (dorado init makes a new registry in another directory)"

// madeSetting is kept in the database when a registry has been made in it, as the instant.
const madeSetting = "made"

func (r *registryCore) markMade(ctx context.Context) error {
	return r.db.PutSetting(ctx, madeSetting, time.Now().UTC().Format(time.RFC3339))
}

// keysSetting is kept in the database as a trace of the registry's secrets.
const keysSetting = "keys"

// keepsKeys refuses secrets that are not those of the registry: on several nodes they are one set, and
// with another one no authInfo would match and purges would fall at other instants.
func (r *registryCore) keepsKeys(ctx context.Context) error {
	mac := hmac.New(sha256.New, r.service.Keys.AuthInfo)
	mac.Write(r.service.Keys.Spread)
	trace := hex.EncodeToString(mac.Sum(nil))
	kept, err := r.db.KeepSetting(ctx, keysSetting, trace)
	if err == nil && kept != trace {
		err = fmt.Errorf("%s is not that of this registry; every node of it has the same: copy it from another one, or from a backup", secretsFile)
	}
	return err
}

// isMade refuses a database in which no registry was ever made, such as an empty schema of
// PostgreSQL. One with registrars is a registry whoever made it.
func (r *registryCore) isMade(ctx context.Context) error {
	_, made, err := r.db.Setting(ctx, madeSetting)
	if err != nil || made {
		return err
	}
	if isEmpty(ctx, r) == nil {
		return errors.New("the database has no registry in it; " + bringBack)
	}
	return nil
}

// run runs a command of the operator or of time.
func (r *registryCore) run(ctx context.Context, cmd flow.Command) (flow.Reply, error) {
	return r.service.Run(ctx, flow.Request{SvTRID: r.trid(), Command: cmd})
}
