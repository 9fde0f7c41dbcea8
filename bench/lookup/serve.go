package main

import (
	"context"
	"crypto/rand"
	"net/http"
	_ "net/http/pprof" // for --pprof
	"time"

	"example.org/dorado/core/policy"
	"example.org/dorado/flow"
	"example.org/dorado/front/rdap"
	"example.org/dorado/store"
)

// serve answers RDAP without TLS, so that what TLS costs does not hide what we do.
func serve(o options) error {
	db, err := store.Open(context.Background(), o.database)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Remember(context.Background(), store.Listener{}); err != nil {
		return err
	}
	profile, err := policy.BuiltIn("co-2026")
	if err != nil {
		return err
	}
	service := &flow.Service{
		Store: db, Profile: profile, Clock: time.Now, Real: time.Now, Pages: flow.NewPages(o.cacheMiB << 20),
		Random: func(n int) []byte {
			b := make([]byte, n)
			_, _ = rand.Read(b)
			return b
		},
	}
	lookups, err := rdap.New(rdap.Config{Service: service, Base: "http://" + o.listen + "/rdap/"})
	if err != nil {
		return err
	}
	if o.pprof != "" {
		go func() { _ = http.ListenAndServe(o.pprof, nil) }()
	}
	return (&http.Server{Addr: o.listen, Handler: lookups, ReadHeaderTimeout: 5 * time.Second}).ListenAndServe()
}
