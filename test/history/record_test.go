package history_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// A history is what was called and answered, by the key of the state that it is about. Histories of
// different keys are checked apart.
type history struct {
	began time.Time
	mu    sync.Mutex
	byKey map[string][]porcupine.Operation
}

func newHistory() *history {
	return &history{began: time.Now(), byKey: map[string][]porcupine.Operation{}}
}

// An outcome is an answer, or that nobody knows whether the command took effect.
type outcome interface{ isUnknown() bool }

// never is when the call of an unknown outcome is over. A command that took no effect is put after all
// that was seen, where it may do what it likes; one that did is put once where it did.
const never = math.MaxInt64

// do calls f for a client and keeps what it answered; a nil answer is kept nowhere.
func (h *history) do(client int, key string, input any, f func() outcome) {
	call := time.Since(h.began)
	output := f()
	answered := time.Since(h.began).Nanoseconds()
	if output == nil {
		return
	}
	if output.isUnknown() {
		answered = never
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.byKey[key] = append(h.byKey[key], porcupine.Operation{
		ClientId: client, Input: input, Call: call.Nanoseconds(), Output: output, Return: answered,
	})
}

// unknown returns how many outcomes are unknown.
func (h *history) unknown() int {
	count := 0
	for _, ops := range h.byKey {
		for _, op := range ops {
			if op.Return == never {
				count++
			}
		}
	}
	return count
}

// size returns how many operations there are.
func (h *history) size() int {
	count := 0
	for _, ops := range h.byKey {
		count += len(ops)
	}
	return count
}

// patience bounds the search for an order. Those of the tests take milliseconds.
const patience = time.Minute

// explain fails the test if no order explains the operations of a key.
func explain(t *testing.T, model porcupine.Model, key string, ops []porcupine.Operation) {
	t.Helper()
	ops = slices.Clone(ops)
	slices.SortStableFunc(ops, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	last := int64(0)
	for _, op := range ops {
		if op.Return != never {
			last = max(last, op.Return)
		}
	}
	for i := range ops {
		ops[i].Return = min(ops[i].Return, last+1)
	}
	verdict, info := porcupine.CheckOperationsVerbose(model, ops, patience)
	switch verdict {
	case porcupine.Ok:
	case porcupine.Unknown:
		t.Errorf("%s: no order was found for %d operations in %s, and none was ruled out", key, len(ops), patience)
	default:
		t.Errorf("%s: no order explains %d operations; see %s", key, len(ops), write(t, model, key, ops, info))
	}
}

// write leaves a failing history in a folder that stays.
func write(t *testing.T, model porcupine.Model, key string, ops []porcupine.Operation, info porcupine.LinearizationInfo) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "dorado-history-")
	if err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(dir, key+".html")
	if err := porcupine.VisualizePath(model, info, page); err != nil {
		t.Error(err)
	}
	var text strings.Builder
	for _, op := range ops {
		fmt.Fprintf(&text, "%12d %12d  client %d  %s\n", op.Call, op.Return, op.ClientId, model.DescribeOperation(op.Input, op.Output))
	}
	for _, partition := range info.PartialLinearizationsOperations() {
		for _, order := range partition {
			fmt.Fprintf(&text, "\nan order of %d that fits:\n", len(order))
			for _, op := range order {
				fmt.Fprintf(&text, "  %s\n", model.DescribeOperation(op.Input, op.Output))
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, key+".txt"), []byte(text.String()), 0o600); err != nil {
		t.Error(err)
	}
	return page
}

// seed returns HISTORY_SEED, or one of chance, and tells it.
func seed(t *testing.T) uint64 {
	t.Helper()
	n := rand.Uint64()
	if text := os.Getenv("HISTORY_SEED"); text != "" {
		var err error
		if n, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("HISTORY_SEED: %v", err)
		}
	}
	t.Logf("HISTORY_SEED=%d", n)
	return n
}

// act runs clients at the same time, each with chance of its own, and waits for all.
func act(clients int, seed uint64, client func(n int, r *rand.Rand)) {
	var all sync.WaitGroup
	for n := range clients {
		all.Go(func() { client(n, rand.New(rand.NewPCG(seed, uint64(n)))) })
	}
	all.Wait()
}

// pick returns one of a list.
func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }
