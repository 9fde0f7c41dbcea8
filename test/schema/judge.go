package schema

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"example.org/dorado/test/peer"
)

//go:embed judge.pl
var script string

// A judge is the process that judges, which all tests of this process share. It ends with this process, when
// its standard input does.
type judge struct {
	mu   sync.Mutex
	in   io.Writer
	out  *bufio.Reader
	seed maphash.Seed
	seen map[uint64]struct{}
}

// open returns the judge by the schemas in a folder.
func open(t testing.TB, dir string) *judge {
	t.Helper()
	peer.Need(t, "perl")
	j, err := started()
	if err != nil {
		t.Fatal(err)
	}
	if err := j.begin(filepath.Join(dir, "schemas", "all-epp.xsd")); err != nil {
		t.Fatal(err)
	}
	return j
}

// started starts the judge, once in a process: the pipes are files, so that no goroutine of a test's bubble
// copies between them.
var started = sync.OnceValues(func() (*judge, error) {
	in, feed, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	heard, out, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("perl", "-e", script)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a signal to the test's group is not for it
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the judge of frames: %w", err)
	}
	in.Close()
	out.Close()
	return &judge{in: feed, out: bufio.NewReader(heard), seed: maphash.MakeSeed()}, nil
})

// begin tells the judge which schema it is to judge by.
func (j *judge) begin(path string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.seen != nil {
		return nil
	}
	j.seen = map[uint64]struct{}{}
	_, err := fmt.Fprintln(j.in, path)
	return err
}

// judge returns why each frame is not valid; "" for one that is.
func (j *judge) judge(frames [][]byte) ([]string, error) {
	if len(frames) == 0 {
		return nil, nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	var all bytes.Buffer
	for _, frame := range frames {
		fmt.Fprintf(&all, "%d\n", len(frame))
		all.Write(frame)
	}
	if _, err := j.in.Write(all.Bytes()); err != nil {
		return nil, err
	}
	reasons := make([]string, len(frames))
	for i := range frames {
		line, err := j.out.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("the judge of frames ended: %w; it needs the Perl module XML::LibXML, which scripts/install installs", err)
		}
		reasons[i] = strings.TrimSuffix(line, "\n")
	}
	return reasons, nil
}

// isNew reports whether no frame was seen that differs from this one in nothing but its transaction ids.
func (j *judge) isNew(frame []byte) bool {
	var h maphash.Hash
	h.SetSeed(j.seed)
	rest := frame
	for _, end := range []string{"</clTRID>", "</svTRID>"} {
		if before, after, found := bytes.Cut(rest, []byte(end)); found {
			h.Write(before[:len(before)-len(plainTail(before))])
			rest = after
		}
	}
	h.Write(rest)
	j.mu.Lock()
	defer j.mu.Unlock()
	_, known := j.seen[h.Sum64()]
	j.seen[h.Sum64()] = struct{}{}
	return !known
}

// plainTail returns the id at the end of b, if it is one that every schema allows: 3 to 64 characters of
// the plainest kind. RFC 5730 section 4.2.
func plainTail(b []byte) []byte {
	i := bytes.LastIndexByte(b, '>') + 1
	id := b[i:]
	if len(id) < 3 || len(id) > 64 || len(bytes.Trim(id, plain)) > 0 {
		return nil
	}
	return id
}

const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
