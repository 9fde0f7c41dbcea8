package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"example.org/dorado/cmd/dorado/bench"
)

// A CPU profile of a running registry is on the control socket, which only its owner can open; no
// other listener has it.

// addProfile adds it to the handler of the control socket, and beside it the processor time that the
// process has used.
func addProfile(h *house, mux *http.ServeMux) {
	mux.HandleFunc("GET /profile", pprof.Profile)
	mux.HandleFunc("GET /usage", answerJSON(h, func(context.Context, *http.Request, struct{}) (processUsage, error) {
		return processUsage{bench.CPUTime()}, nil
	}))
}

// A processUsage is the processor time of a process, user and system.
type processUsage struct {
	CPU time.Duration `json:"cpu"` // in nanoseconds
}

// fetchProfile lets the registry that runs in a directory profile itself for some seconds, and writes
// what comes of it.
func fetchProfile(ctx context.Context, dir string, seconds int, out io.Writer) error {
	client, err := controlClient(dir)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, controlURL+"/profile?seconds="+strconv.Itoa(seconds), nil)
	if err != nil {
		return err
	}
	response, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("fetch the profile: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("fetch the profile: the registry answers %s", response.Status)
	}
	_, err = io.Copy(out, response.Body)
	return err
}
