package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"example.org/dorado/store"
	"example.org/dorado/test/world"
)

// Of several values that are kept at once, on several nodes, one is kept, and all are told which.
func TestKeepSetting(t *testing.T) {
	w := world.Empty(t)
	nodes := []*store.DB{w.DB}
	if w.Postgres {
		nodes = append(nodes, w.Open(nil), w.Open(nil))
	}
	told := make([]string, 30)
	var all sync.WaitGroup
	for i := range told {
		all.Go(func() {
			var err error
			told[i], err = nodes[i%len(nodes)].KeepSetting(context.Background(), "keys", fmt.Sprint("value ", i))
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for i, value := range told {
		if value == "" || value != told[0] {
			t.Errorf("the keeper of value %d was told %q, and the first %q", i, value, told[0])
		}
	}
}
