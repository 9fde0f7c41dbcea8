package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// nodeFile is in the directory of a node while it is a member. One that is there at the start is of a
// process that was killed: its leases need not run out first.
const nodeFile = "node.json"

// A nodeTrace says which process was a member from a directory.
type nodeTrace struct {
	Node  string `json:"node"`
	Boot  string `json:"boot"`  // of the machine, since when it runs
	Place string `json:"place"` // the directory; a copy of it elsewhere is another node
	Lock  string `json:"lock"`  // the device and number of the lock's file; a copy in the same place has another
}

// bootFile tells one run of a Linux machine from every other, on this one and on others.
const bootFile = "/proc/sys/kernel/random/boot_id"

// traceHere is the trace of a node in a directory. Without a boot id it is none.
func traceHere(dir, node string) (nodeTrace, bool) {
	boot, err := os.ReadFile(bootFile)
	if err != nil {
		return nodeTrace{}, false
	}
	place, err := filepath.Abs(dir)
	if err != nil {
		return nodeTrace{}, false
	}
	var lock syscall.Stat_t
	if err := syscall.Stat(filepath.Join(dir, lockFile), &lock); err != nil {
		return nodeTrace{}, false
	}
	return nodeTrace{node, strings.TrimSpace(string(boot)), place, fmt.Sprintf("%d:%d", lock.Dev, lock.Ino)}, true
}

// bury ends the leases of the process that ran in a directory before, if it was killed. Whoever holds the
// directory's lock knows that it is gone.
func (n *node) bury(ctx context.Context, dir string) error {
	data, err := os.ReadFile(filepath.Join(dir, nodeFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var left nodeTrace
	here, ok := traceHere(dir, "")
	if json.Unmarshal(data, &left) != nil || !ok || left.Boot != here.Boot || left.Place != here.Place || left.Lock != here.Lock {
		return nil // of another machine, or of another directory: it may well be alive
	}
	n.log.Info("the process before this one was killed; what it still held ends now", "killed", left.Node)
	return n.db.BuryNode(ctx, left.Node)
}

// leaveTrace makes it known that this process is a member.
func (n *node) leaveTrace(dir string) error {
	trace, ok := traceHere(dir, n.name)
	if !ok {
		return nil
	}
	data, err := json.Marshal(trace)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, nodeFile), append(data, '\n'))
}

// removeTrace makes it known that it no longer is.
func removeTrace(dir string) error {
	err := os.Remove(filepath.Join(dir, nodeFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
