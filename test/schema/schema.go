// Package schema owns the judgement of frames by the published schemas: every frame that a server under
// test sends goes to libxml2, in one process of its own beside the test, and is valid or fails the test.
// It knows nothing of what a frame means.
package schema

import (
	"sync"
	"testing"

	"example.org/dorado/test/peer"
)

// Watch returns what is called with each frame that a server under test sends, without its header, by any
// number of goroutines. Those that are not valid by the published schemas fail t at its end, at the latest,
// with libxml2's reason. Without the shared folder the log says so, and nothing is held; nor is a
// benchmark, which is about time.
func Watch(t testing.TB) func(frame []byte) {
	t.Helper()
	dir, ok := peer.Shared(t)
	if _, bench := t.(*testing.B); bench || !ok {
		return func([]byte) {}
	}
	w := &watcher{t: t, judge: open(t, dir)}
	t.Cleanup(w.flush)
	return w.saw
}

// Want fails t for each frame that is not valid by the published schemas. Without the shared folder it says
// so, and holds nothing.
func Want(t testing.TB, frames ...string) {
	t.Helper()
	dir, ok := peer.Shared(t)
	if !ok {
		return
	}
	w := &watcher{t: t, judge: open(t, dir)}
	for _, frame := range frames {
		w.saw([]byte(frame))
	}
	w.flush()
}

// batch is how many frames are judged at once: so few that what is said of them fits into a pipe.
const batch = 128

// A watcher collects the frames of one test.
type watcher struct {
	t     testing.TB
	judge *judge

	mu     sync.Mutex
	frames [][]byte
}

// saw keeps a frame to be judged, unless one that differs in nothing but its transaction ids was.
func (w *watcher) saw(frame []byte) {
	if !w.judge.isNew(frame) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.frames = append(w.frames, append([]byte(nil), frame...)); len(w.frames) == batch {
		w.settle()
	}
}

// flush judges what is left.
func (w *watcher) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settle()
}

// settle judges the frames that were collected.
func (w *watcher) settle() {
	w.t.Helper()
	reasons, err := w.judge.judge(w.frames)
	if err != nil {
		w.t.Errorf("judge frames by the schemas: %v", err)
	}
	for i, reason := range reasons {
		if reason != "" {
			w.t.Errorf("the server sent a frame that is not valid: %s\n%s", reason, w.frames[i])
		}
	}
	w.frames = w.frames[:0]
}
