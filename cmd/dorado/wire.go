package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"time"

	"example.org/dorado/core/policy"
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
}

// openCore opens the registry of a directory and brings its database up to date.
func openCore(ctx context.Context, dir string, c config, log *slog.Logger) (*registryCore, error) {
	return openCoreWith(ctx, dir, c, log, store.Options{})
}

// openCoreWith is openCore with a choice of how the database is kept.
func openCoreWith(ctx context.Context, dir string, c config, log *slog.Logger, o store.Options) (*registryCore, error) {
	profile, err := policy.BuiltIn(c.Registry.Profile)
	if err != nil {
		return nil, err
	}
	keys, err := loadSecrets(dir)
	if err != nil {
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
	return &registryCore{
		db: db, clock: clock, trid: trid, log: log,
		service: &flow.Service{
			Store: db, Profile: profile, Keys: keys,
			Clock: clock.Now, Real: time.Now, Random: random,
			Passwords: flow.NewPasswords(flow.DefaultArgonCost, runtime.NumCPU(), random),
		},
	}, nil
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
		return nil, err
	}
	if err := db.Migrate(ctx); err != nil {
		db.Close()
		if errors.Is(err, store.ErrNewerSchema) {
			return nil, fmt.Errorf("%w (this is %s, with schema %d)", err, version(), store.SchemaVersion())
		}
		return nil, err
	}
	return db, nil
}

// run runs a command of the operator or of time.
func (r *registryCore) run(ctx context.Context, cmd flow.Command) (flow.Reply, error) {
	return r.service.Run(ctx, flow.Request{SvTRID: r.trid(), Command: cmd})
}
